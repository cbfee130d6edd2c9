/** Stands in the bundles for packages that other packages load, but only for functions that the service does not call (bundling.js). */
module.exports = {};
