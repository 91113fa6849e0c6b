# One static library per module, one test program per module, one program per fuzz target.

# glossator_module(NAME SOURCES a.cc ... PUBLIC lib ... PRIVATE lib ...)
function(glossator_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} Threads::Threads)
endfunction()

# glossator_test(MODULE SOURCES a_test.cc ... LINK lib ...) makes MODULE_test, run test by test.
function(glossator_test module)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${module}_test ${ARG_SOURCES})
  target_link_libraries(${module}_test PRIVATE ${module} ${ARG_LINK} GTest::gtest GTest::gmock
                                               GTest::gtest_main)
  # Half of a test's time to compile goes into optimising what runs once.
  target_compile_options(${module}_test PRIVATE -O0)
  gtest_discover_tests(${module}_test DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS ${module} TIMEOUT 300)
endfunction()

# glossator_fuzz(NAME SOURCE name_fuzz.cc LINK lib ...): a libFuzzer program with clang, else a
# driver that replays tests/fuzz/corpus/NAME/* in every test run.
function(glossator_fuzz name)
  cmake_parse_arguments(ARG "" "SOURCE" "LINK" ${ARGN})
  add_executable(${name}_fuzz ${ARG_SOURCE})
  target_link_libraries(${name}_fuzz PRIVATE ${ARG_LINK})
  if(GLOSSATOR_FUZZ)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
    add_test(NAME fuzz_replay_${name}
             COMMAND ${name}_fuzz ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(fuzz_replay_${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
