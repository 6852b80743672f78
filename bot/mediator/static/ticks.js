// A clock of its own: browsers slow the timers of a page out of sight down to one a minute, not those of a worker.
"use strict";
setInterval(() => postMessage(null), 5000);
