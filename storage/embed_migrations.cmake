# Writes a C++ file that holds every migration: cmake -DFROM=dir -DTO=file -P embed_migrations.cmake
# The files are numbered 0001_name.sql, 0002_name.sql, ... without gaps.
file(GLOB files ${FROM}/*.sql)
list(SORT files)
set(rows "")
set(expected 0)
foreach(file ${files})
  math(EXPR expected "${expected} + 1")
  get_filename_component(name ${file} NAME_WE)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z_]+)$")
    message(FATAL_ERROR "migration ${file}: want a name like 0001_accounts.sql")
  endif()
  set(label ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
  if(NOT number EQUAL expected)
    message(FATAL_ERROR "migration ${file}: want number ${expected}")
  endif()
  file(READ ${file} sql)
  string(APPEND rows "    {${number}, \"${label}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${TO} "#include \"storage/detail/migrations.h\"

namespace storage {
namespace {
constexpr Migration kMigrations[] = {
${rows}};
}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace storage
")
