// bazel run //tests/spec:protocol_costs > docs/protocol_costs.md
#include <iostream>

#include "tests/spec/protocol_costs_doc.h"

int main() { std::cout << picost::spec::ProtocolCostsDoc(); }
