# Builds the page: packages as package-lock.json pins them, types checked, bundled into OUT.
#
#   cmake -DWEB=web -DOUT=build/release/web/dist -P web/build.cmake
cmake_minimum_required(VERSION 3.25)

find_program(NPM npm)
find_program(NODE NAMES node nodejs)
if(NOT NPM OR NOT NODE)
  message(FATAL_ERROR "The page is built with Node.js (18 or newer) and npm, which are not here: "
    "`./dev setup` installs them. Or give a page built elsewhere: -DGLOSSATOR_WEB_DIST=DIR.")
endif()

# Two build directories of one tree must not install at once.
file(LOCK ${WEB} DIRECTORY GUARD PROCESS TIMEOUT 600)

file(SHA256 ${WEB}/package-lock.json wanted)
set(installed "")
if(EXISTS ${WEB}/node_modules/.installed)
  file(READ ${WEB}/node_modules/.installed installed)
endif()
if(NOT installed STREQUAL wanted)
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
                  WORKING_DIRECTORY ${WEB} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The packages that web/package-lock.json names could not be installed. They come "
      "from the npm registry (`npm config get registry`), so this needs a network or a mirror. Without "
      "either, give a page built elsewhere: -DGLOSSATOR_WEB_DIST=DIR (the dist/ of `npm run build` in web/).")
  endif()
  file(WRITE ${WEB}/node_modules/.installed ${wanted})
endif()

foreach(step IN ITEMS "typescript/bin/tsc;--noEmit" "vite/bin/vite.js;build;--logLevel;warn;--emptyOutDir;--outDir;${OUT}")
  execute_process(COMMAND ${NODE} ${WEB}/node_modules/${step} WORKING_DIRECTORY ${WEB} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The page could not be built; what is wrong stands above.")
  endif()
endforeach()
