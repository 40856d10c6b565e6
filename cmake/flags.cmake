# SPDX-License-Identifier: GPL-3.0-or-later
# One target that carries the language rules of the house; every target of ours links it.
add_library(house INTERFACE)
target_include_directories(house INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(house INTERFACE _GNU_SOURCE)
target_compile_options(house INTERFACE
  -fno-common -ffp-contract=off -fno-math-errno
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wundef -Wvla -Wcast-qual -Wcast-align
  -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference)
if(CELLWARDEN_WERROR)
  target_compile_options(house INTERFACE -Werror)
endif()
if(CELLWARDEN_SANITIZE)
  target_compile_options(house INTERFACE -fsanitize=${CELLWARDEN_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(house INTERFACE -fsanitize=${CELLWARDEN_SANITIZE})
else()
  target_compile_options(house INTERFACE $<$<CONFIG:Release>:-fstack-protector-strong>)
  target_compile_definitions(house INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()

# Adds the static library of one layer: layer(NAME LINKS target... SOURCES file...)
function(layer name)
  cmake_parse_arguments(arg "" "" "LINKS;PRIVATE_LINKS;SOURCES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC house ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()
