// What the usage files of every project assert with. Ambient, so that no module system is in the way.

/** `any` is the only type that swallows the intersection. */
type IsAny<T> = 0 extends 1 & T ? true : false

/** Whether two types are the same, where mere assignability would let `any` through. */
type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type Yes<T extends true> = T
type No<T extends false> = T
