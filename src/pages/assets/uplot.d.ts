/** The globals that uPlot.iife.min.js defines for the page's scripts. */
declare const uPlot: typeof import('uplot');
