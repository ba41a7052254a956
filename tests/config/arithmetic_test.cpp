#include "config/arithmetic.h"

#include <doctest/doctest.h>

#include <string>

namespace plumb {

namespace {

double value_of(std::string_view text) {
  const auto value = evaluate_arithmetic(text);
  CAPTURE(text);
  REQUIRE(value);
  return *value;
}

std::string error_of(std::string_view text) {
  const auto value = evaluate_arithmetic(text);
  CAPTURE(text);
  REQUIRE_FALSE(value);
  return value.error().message;
}

}  // namespace

TEST_CASE("arithmetic follows the usual order") {
  CHECK(value_of("5200/12*0.9*3") == doctest::Approx(1170.0));
  CHECK(value_of("1500+(20000-18000)*0.3") == doctest::Approx(2100.0));
  CHECK(value_of("2-3-4") == -5.0);
  CHECK(value_of("8/4/2") == 1.0);
  CHECK(value_of("-2*3") == -6.0);
  CHECK(value_of("2*-3") == -6.0);
  CHECK(value_of(" ( 1 + 2 ) * 3 ") == 9.0);
  CHECK(value_of(".5") == 0.5);
}

TEST_CASE("min, max, floor and round are those of people") {
  CHECK(value_of("min(3, 1, 2)") == 1.0);
  CHECK(value_of("max(3, (1+4), 2)") == 5.0);
  CHECK(value_of("min(7)") == 7.0);
  CHECK(value_of("floor(84.9/10)*10") == 80.0);
  CHECK(value_of("floor(-1.5)") == -2.0);
  CHECK(value_of("round(2.5)") == 3.0);
  CHECK(value_of("round(-2.5)") == -3.0);
  CHECK(value_of("floor(0.29*100)") == 29.0);
  CHECK(value_of("round(1.005*1000)/10") == doctest::Approx(100.5));
  CHECK(value_of("floor(2.9999)") == 2.0);
}

TEST_CASE("what is not arithmetic is told with its character") {
  CHECK(error_of("") == "it is empty");
  CHECK(error_of("  ") == "it is empty");
  CHECK(error_of("1+") == "it ends too early");
  CHECK(error_of("1,000+1") == "',' is not expected at character 2");
  CHECK(error_of("(1+2") == "it ends too early");
  CHECK(error_of("1)") == "')' is not expected at character 2");
  CHECK(error_of("12만+1") == "'만' is not expected at character 3");
  CHECK(error_of("1 ÷ 2") == "'÷' is not expected at character 3");
  CHECK(error_of("2**3") == "'*' is not expected at character 3");
  CHECK(error_of("sqrt(2)") == "unknown function 'sqrt'; there are min, max, floor, round");
  CHECK(error_of("floor(1, 2)") == "floor takes one value");
  CHECK(error_of("min()") == "')' is not expected at character 5");
  CHECK(error_of("min 1") == "'1' is not expected at character 5");
  CHECK(error_of("1/0") == "division by zero");
  CHECK(error_of("1/(2-2)") == "division by zero");
  CHECK(error_of("1e5") == "'e' is not expected at character 2");
  CHECK(error_of("1.2.3") == "'.' is not expected at character 4");
  CHECK(error_of(std::string(400, '9')) == "a figure is out of range");
  CHECK(error_of("1" + std::string(300, '0') + "*1" + std::string(300, '0')) == "the result is not a finite number");
}

TEST_CASE("arithmetic without end is refused") {
  CHECK(error_of(std::string(60, '(') + "1" + std::string(60, ')')) == "more than 50 levels of brackets");
  CHECK(value_of(std::string(50, '(') + "1" + std::string(50, ')')) == 1.0);
  std::string many = "(1)";
  for (int i = 1; i < 60; ++i) many += "+(1)";
  CHECK(value_of(many) == 60.0);
  CHECK(error_of(std::string(1'001, '1')) == "more than 1000 characters");
}

}  // namespace plumb
