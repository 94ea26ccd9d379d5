/*
 * json.h — what reading and writing JSON share: the depth they go to, and which enum stands for any JSON value.
 */
#ifndef QI_NATIVES_JSON_H
#define QI_NATIVES_JSON_H

#include "qi/native.h"

/* Brackets within brackets; what is written can be read again. */
#define QI_JSON_DEPTH 1000u

/* The variants of JSON值 (natives/标准库/JSON.qi) and the types they hold. */
typedef struct QiJsonTags {
    const QiType *of;    /* the enum this speaks of; NULL: none was looked at yet */
    bool any;            /* it is JSON值 */
    uint32_t of_null, of_bool, of_int, of_float, of_string, of_list, of_dict;
    const QiType *integer, *number, *string, *list, *dict;
} QiJsonTags;

/* false: the enum t is another. A program's own enum of this name and shape is as good. tags remember the last answer. */
bool qi_json_is_any(const QiType *t, QiJsonTags *tags);

#endif
