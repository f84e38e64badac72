/* Read before the page is drawn: what only a script can work stands there from the start, and nothing moves. */
"use strict";

document.documentElement.classList.add("scripted");
