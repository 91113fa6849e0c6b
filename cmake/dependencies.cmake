# Every foreign library, once, with the Debian 12 package that brings it. Each has one owner: the
# module that links it (tools/check_layers.py holds the table of owners).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)                                        # libssl-dev

# A small library that a program with the property GLOSSATOR_EMBEDS_LIBRARIES takes into itself.
function(embeddable_library name)
  find_library(${name}_SHARED ${name} REQUIRED)
  find_library(${name}_ARCHIVE lib${name}.a REQUIRED)
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE
    $<IF:$<BOOL:$<TARGET_PROPERTY:GLOSSATOR_EMBEDS_LIBRARIES>>,${${name}_ARCHIVE},${${name}_SHARED}>)
endfunction()
embeddable_library(sodium)                                            # libsodium-dev
embeddable_library(utf8proc)                                          # libutf8proc-dev
embeddable_library(pugixml)                                           # libpugixml-dev
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)            # libsqlite3-dev
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)              # libgit2-dev
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)                 # zlib1g-dev
pkg_check_modules(TESSERACT REQUIRED IMPORTED_TARGET tesseract)       # libtesseract-dev
pkg_check_modules(LEPT REQUIRED IMPORTED_TARGET lept)                 # libleptonica-dev
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)            # libtiff-dev
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)        # libdeflate-dev
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET libqpdf)              # libqpdf-dev
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)        # libseccomp-dev
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)        # libarchive-dev
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)              # libcurl4-openssl-dev
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)       # libopencv-dev

# Debian's CMake file for civetweb names a file that it does not ship.
find_library(CIVETWEB_LIBRARY civetweb REQUIRED)                      # libcivetweb-dev
find_path(CIVETWEB_INCLUDE civetweb.h REQUIRED)
add_library(civetweb INTERFACE)
target_link_libraries(civetweb INTERFACE ${CIVETWEB_LIBRARY} Threads::Threads)
target_include_directories(civetweb INTERFACE ${CIVETWEB_INCLUDE})

# Header only.
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)                         # libcli11-dev

if(GLOSSATOR_TESTS)
  find_package(GTest REQUIRED)                                        # libgtest-dev libgmock-dev
  find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)                 # librapidcheck-dev
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  add_library(rapidcheck INTERFACE)
  target_link_libraries(rapidcheck INTERFACE ${RAPIDCHECK_LIBRARY})
endif()
