#include "signaling/io/chore.h"

#include "signaling/io/io_priv.h"

#define CHORES_AT_A_TIME 2

static void on_work(uv_work_t *work)
{
	struct chore *chore = work->data;
	chore->run(chore);
}

static void begin_next(struct io *io);

static void on_done(uv_work_t *work, int status)
{
	struct chore *chore = work->data;
	struct io *io = chore->io;
	(void)status; /* nothing is ever cancelled */
	io->chores.under_way--;
	chore->done(chore);
	begin_next(io);
}

static void begin_next(struct io *io)
{
	struct chores *chores = &io->chores;
	while (chores->first != NULL &&
		(io->service == NULL || chores->under_way < CHORES_AT_A_TIME)) {
		struct chore *chore = chores->first;
		chores->first = chore->next;
		if (chores->first == NULL)
			chores->last = NULL;
		if (io->service == NULL) {
			chore->done(chore);
			continue;
		}
		chores->under_way++;
		(void)uv_queue_work(&io->loop, &chore->work, on_work,
			on_done); /* fails without a function only */
	}
}

void chore_begin(struct io *io, struct chore *chore)
{
	struct chores *chores = &io->chores;
	chore->io = io;
	chore->work.data = chore;
	chore->next = NULL;
	if (chores->last != NULL)
		chores->last->next = chore;
	else
		chores->first = chore;
	chores->last = chore;
	begin_next(io);
}
