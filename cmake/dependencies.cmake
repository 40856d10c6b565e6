# SPDX-License-Identifier: GPL-3.0-or-later
# Every library the program uses, one imported target each: dep::NAME.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(pair RTLSDR:librtlsdr FFTW:fftw3f OSMOCORE:libosmocore OSMOGSM:libosmogsm
             OSMOCODING:libosmocoding SQLITE:sqlite3 JANSSON:jansson ZLIB:zlib CRYPTO:libcrypto
             UUID:uuid)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 var)
  list(GET pair 1 module)
  pkg_check_modules(${var} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  add_library(dep::${module} ALIAS PkgConfig::${var})
endforeach()

# These two have no pkg-config file in Debian 12.
foreach(pair liquid:liquid/liquid.h csv:csv.h)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 header)
  find_library(${name}_LIBRARY ${name} REQUIRED)
  find_path(${name}_INCLUDE_DIR ${header} REQUIRED)
  add_library(dep::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(dep::${name} PROPERTIES
    IMPORTED_LOCATION ${${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE_DIR})
endforeach()

# Optional.
pkg_check_modules(PCAP IMPORTED_TARGET GLOBAL libpcap)
if(PCAP_FOUND)
  add_library(dep::libpcap ALIAS PkgConfig::PCAP)
  message(STATUS "libpcap ${PCAP_VERSION}: GSMTAP captures can be replayed")
else()
  message(STATUS "libpcap not found: GSMTAP captures cannot be replayed (package libpcap-dev)")
endif()
