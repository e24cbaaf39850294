declare const brand: unique symbol;

/** A primitive that must not mix with others of its kind. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
