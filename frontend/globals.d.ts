/* Constants that the bundler fills in (scripts/build-ts.ts); absent when the sources run directly. */
declare const QI_VERSION: string | undefined;
