# plumb_registry(KIND Type dir): every DIR/NAME.cpp that defines `const Type& KIND_NAME()` is the plug-in
# NAME; writes the table that find_KIND() searches. The file's name is the registration.
function(plumb_registry kind type dir)
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/harness/${dir} harness/${dir}/*.cpp)
  list(SORT sources)
  set(declarations "")
  set(rows "")
  foreach(source ${sources})
    string(REGEX REPLACE "\\.cpp$" "" name ${source})
    file(STRINGS harness/${dir}/${source} defines REGEX "^const ${type}& ${kind}_${name}\\(\\)")
    if(defines)
      string(APPEND declarations "const ${type}& ${kind}_${name}();\n")
      string(APPEND rows "    {\"${name}\", ${kind}_${name}},\n")
    endif()
  endforeach()
  set(body "  for (const Row& row : k_rows) {
    if (row.name == name) return &row.get();
  }
  return nullptr;")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${kind}_registry.cpp @ONLY CONTENT
"// Generated from the files in harness/@dir@/.
#include <span>
#include <string_view>
#include <vector>

#include \"@dir@/@kind@.h\"

namespace plumb {

@declarations@
namespace {
struct Row {
  std::string_view name;
  const @type@& (*get)();
};
std::span<const Row> rows() {
  static const std::vector<Row> all = {
@rows@  };
  return all;
}
}  // namespace

const @type@* find_@kind@(std::string_view name) {
  for (const Row& row : rows()) {
    if (row.name == name) return &row.get();
  }
  return nullptr;
}

std::vector<std::string_view> @kind@_names() {
  std::vector<std::string_view> names;
  for (const Row& row : rows()) names.push_back(row.name);
  return names;
}

}  // namespace plumb
")
endfunction()
