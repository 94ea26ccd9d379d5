/*
 * crew.h — threads that help to mark while the world stands still.
 */
#ifndef QI_HEAP_CREW_H
#define QI_HEAP_CREW_H

#include "block.h"

typedef struct QiCrew QiCrew;

/* Traces from the stack of m, the heap's marker, until nothing is left (true) or the budget of the slice is used up; helpers have as much
 * each. They are started the first time. With no thread to be had it is what one thread does. The world stands still. */
bool qi_crew_trace(QiHeapState *s, QiMarker *m);
/* How many objects are traced alone before helpers are called: waking them takes as long as tracing some thousand. */
int64_t qi_crew_patience(const QiHeapState *s);
/* Of a helper's marker: an object that only the collecting thread may trace. */
void qi_crew_defer(QiMarker *m, QiObject *o);
/* How often helpers took a piece so far (tests). */
uint64_t qi_crew_pieces_taken(QiCrew *c);
/* Ends the threads; NULL is allowed. */
void qi_crew_free(QiCrew *c);

#endif
