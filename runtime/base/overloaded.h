// std::visit with one lambda per alternative.
#pragma once

namespace runtime::base {

// Has the call operators of all of its bases: std::visit(Overloaded{[](A) {...}, [](B) {...}},
// variant).
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

// Clang 14 doesn't deduce the arguments of an aggregate.
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace runtime::base
