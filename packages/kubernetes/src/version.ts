/** This package's version, as it appears in the User-Agent. A test keeps it equal to package.json. */
export const version: string = '0.1.0'
