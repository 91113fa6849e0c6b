# Puts all files of a directory into a C++ source, as bytes.
#
#   cmake -DROOT=web/dist -DOUT=assets.cc -P embed_assets.cmake
#
# index.html keeps its name; everything else is served below /assets/<digest of all files>/, which
# replaces /@assets@ in index.html: so browsers may keep these files for ever, and a new program
# never meets old ones. Defines web::assets() of web/assets.h.
cmake_minimum_required(VERSION 3.25)

set(media_types
  ".html=text/html\\; charset=utf-8" ".js=text/javascript\\; charset=utf-8"
  ".css=text/css\\; charset=utf-8" ".svg=image/svg+xml")

function(media_type_of file result)
  get_filename_component(extension "${file}" LAST_EXT)
  foreach(pair IN LISTS media_types)
    if(pair MATCHES "^\\${extension}=(.*)$")
      set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "embed_assets: no media type for ${file}")
endfunction()

# One array and one row of the table.
function(embed index path media_type hex)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REPEAT "." 100 row)  # twenty bytes
  string(REGEX REPLACE "(${row})" "\\1\n" bytes "${bytes}")
  set(arrays "${arrays}constexpr unsigned char kBytes${index}[] = {\n${bytes}};\n" PARENT_SCOPE)
  set(rows "${rows}    {\"${path}\", \"${media_type}\", text(kBytes${index}, ${size})},\n" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE FILES RELATIVE "${ROOT}" "${ROOT}/*")
list(SORT FILES)
set(digests "")
foreach(file IN LISTS FILES)
  file(SHA256 "${ROOT}/${file}" digest)
  string(APPEND digests "${file} ${digest}\n")
endforeach()
string(SHA256 all "${digests}")
string(SUBSTRING "${all}" 0 16 version)

set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  media_type_of("${file}" media_type)
  if(file STREQUAL "index.html")
    file(READ "${ROOT}/${file}" page)
    string(REPLACE "/@assets@" "/assets/${version}" page "${page}")
    string(HEX "${page}" hex)
    embed(${index} "/index.html" "${media_type}" "${hex}")
  else()
    file(READ "${ROOT}/${file}" hex HEX)
    embed(${index} "/assets/${version}/${file}" "${media_type}" "${hex}")
  endif()
  math(EXPR index "${index} + 1")
endforeach()

file(WRITE "${OUT}" "// Made by cmake/embed_assets.cmake from web/; do not edit.
#include \"web/assets.h\"

namespace web {
namespace {

${arrays}
std::string_view text(const unsigned char* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const server::http::Asset> assets() {
  static const server::http::Asset kAssets[] = {
${rows}  };
  return kAssets;
}

}  // namespace web
")
