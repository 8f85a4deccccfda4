#include "resources/ovs/cms_options.h"

#include "base/text.h"

namespace kiln::resources {
namespace {

const std::string kSerialNumber = "card-serial-number=";

ovsdb::Value options(const std::string& list) {
  return ovsdb::Value::strings(std::map<std::string, std::string>{{kCmsOptions, list}});
}

}  // namespace

std::string serial_number_in(const std::string& cms_options) {
  for (const std::string& element : split(cms_options, ','))
    if (element.starts_with(kSerialNumber)) return element.substr(kSerialNumber.size());
  return "";
}

ovsdb::Mutate set_serial_number(const std::string& cms_options, const std::string& number) {
  std::vector<std::string> elements;
  for (const std::string& element : split(cms_options, ','))
    if (!element.empty() && !element.starts_with(kSerialNumber)) elements.push_back(element);
  if (!number.empty()) elements.push_back(kSerialNumber + number);
  std::vector<ovsdb::Mutation> mutations;
  ovsdb::Where where;
  if (!cms_options.empty()) {
    where = {{"external_ids", "includes", options(cms_options)}};
    mutations.push_back({"external_ids", "delete", ovsdb::Value::set({std::string(kCmsOptions)})});
  }
  if (!elements.empty()) mutations.push_back({"external_ids", "insert", options(join(elements, ","))});
  return {"Open_vSwitch", std::move(where), std::move(mutations)};
}

}  // namespace kiln::resources
