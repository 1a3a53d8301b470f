#include "reports/pages.h"

namespace reports {

// Every text keeps a contrast of at least 4.5:1 against its background, in both schemes.
std::string_view StyleSheet() {
  return R"css(:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #ffffff;
  --panel: #f3f4f6; --line: #d0d7de; --link: #0550ae; --good: #116329; --bad: #a40e26;
  --warn: #7d4e00; --log: #161b22; --log-text: #e6edf3; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #a0a9b4; --back: #0d1117; --panel: #161b22; --line: #30363d;
    --link: #79b8ff; --good: #56d364; --bad: #ff9492; --warn: #e3b341; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header { border-bottom: 1px solid var(--line); padding: .6rem 1rem; font-weight: 600; }
header nav { max-width: 70rem; margin: 0 auto; }
main { max-width: 72rem; margin: 0 auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
h3 { font-size: 1rem; overflow-wrap: anywhere; }
article h3, article p { margin-bottom: .3rem; margin-top: 0; }
article { margin-top: 1.5rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
small, caption, dt { color: var(--soft); }
caption { text-align: left; font-size: .9rem; padding-bottom: .3rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 38rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-top: 1px solid var(--line); }
th.main { width: 45%; }
td, dd, li { overflow-wrap: anywhere; }
time { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.status { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dd { margin: 0; }
pre, code { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem;
  margin: .6rem 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
.pages a { margin-right: 1rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.log { background: var(--log); color: var(--log-text); }
.log .time { color: #9aa4af; user-select: none; }
.log .ours { color: #a5d6ff; } .log .err { color: #ffd8b5; }
.b { font-weight: 700; } .u { text-decoration: underline; }
.f0, .f8 { color: #a0a9b4; } .f1, .f9 { color: #ff9492; } .f2, .f10 { color: #7ee787; }
.f3, .f11 { color: #e3b341; } .f4, .f12 { color: #79c0ff; } .f5, .f13 { color: #e2b6ff; }
.f6, .f14 { color: #76e3ea; } .f7, .f15 { color: #f0f6fc; }
.g0, .g8 { background: #30363d; } .g1, .g9 { background: #5c1a1f; } .g2, .g10 { background: #12421e; }
.g3, .g11 { background: #4b3500; } .g4, .g12 { background: #0c3a6b; }
.g5, .g13 { background: #44235e; } .g6, .g14 { background: #0a4448; } .g7, .g15 { background: #424a53; }
)css";
}

}  // namespace reports
