/*
 * native_class.h — numbers and names of the classes of native objects (vm/include/qi/classes.def).
 *
 * The heap room knows no more of them than their names: layouts, tracing and behaviour are in sched/.
 */
#ifndef QI_HEAP_NATIVE_CLASS_H
#define QI_HEAP_NATIVE_CLASS_H

#include "../base/base.h"

typedef enum QiNativeClass {
#define QI_CLASS(symbol, name, english, parts) QI_CLASS_##symbol,
#include "../include/qi/classes.def"
#undef QI_CLASS
    QI_CLASS_COUNT,
} QiNativeClass;

/* Names as static text, valid for every class below QI_CLASS_COUNT. */
QI_INLINE const char *qi_class_name(unsigned native_class, bool english) {
    static const char *const names[QI_CLASS_COUNT][2] = {
#define QI_CLASS(symbol, name, english, parts) {name, english},
#include "../include/qi/classes.def"
#undef QI_CLASS
    };
    return names[native_class][english];
}

/* How many type arguments the class takes: 0 or 1. */
QI_INLINE unsigned qi_class_parts(unsigned native_class) {
    static const uint8_t parts_of[QI_CLASS_COUNT] = {
#define QI_CLASS(symbol, name, english, parts) parts,
#include "../include/qi/classes.def"
#undef QI_CLASS
    };
    return parts_of[native_class];
}

#endif
