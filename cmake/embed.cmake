# plumb_embed(OUTPUT function dir): writes a source file with every file below DIR, as
# `std::span<const EmbeddedFile> FUNCTION()`. Needs cli/embedded.h.
function(plumb_embed output function dir)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/${dir} ${dir}/*)
  list(SORT files)
  set(rows "")
  foreach(file ${files})
    file(READ ${dir}/${file} text)
    string(APPEND rows "    {\"${file}\", R\"__plumb(${text})__plumb\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${dir}/${file})
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Generated from the files in @dir@/.
#include \"cli/embedded.h\"

namespace plumb {

std::span<const EmbeddedFile> @function@() {
  static constexpr EmbeddedFile k_files[] = {
@rows@  };
  return k_files;
}

}  // namespace plumb
")
endfunction()
