#include "signaling/planner/planner.h"

#include <math.h>

/* What is usual counts as so many statements, or gaps, that were seen. */
#define USUAL_WEIGHT 4.0
/* One group differs little from the others: so many of theirs count as much. */
#define GROUP_WEIGHT 6.0
/* Spread between speakers before any was measured: of the part of time they use, of a gap's length. */
#define USUAL_SPREAD 0.3
#define USUAL_GAP_SPREAD 0.8
/* Nine of ten lie within so many standard deviations. */
#define NINE_OF_TEN 1.645
/* Shorter is no statement, longer is no gap. */
#define STATEMENT_LEAST_MS 5000
#define GAP_MOST_MS (10 * 60 * 1000)
/* Who asks, asks early: the wish of the meeting fades so fast, and so much of what came within that time comes yet. */
#define ASKING_FADES_MS (15.0 * 60 * 1000)
#define ASKING_GOES_ON 0.3
/* To state a point of order without limit, and to rule upon one. */
#define POINT_MS 90000.0
#define RULING_MS 45000.0

/* Expectation and variance of one thing, and how far the expectation itself may be off. */
struct guess {
	double mean;
	double spread2;
	double doubt2;
};

static void sample_add(struct planner_sample *sample, double value)
{
	sample->n++;
	sample->sum += value;
	sample->squares += value * value;
}

void planner_init(struct planner *planner, const struct rules_plan *usual)
{
	*planner = (struct planner){ .usual = *usual };
}

static double allotted_of(const struct planner *planner, uint32_t allotted_ms)
{
	return allotted_ms != 0 ? allotted_ms : planner->usual.unlimited_s * 1000.0;
}

void planner_spoke(struct planner *planner, size_t group, uint32_t allotted_ms, int64_t took_ms)
{
	const double allotted = allotted_of(planner, allotted_ms);
	if (took_ms < STATEMENT_LEAST_MS || group >= PLANNER_GROUPS || allotted <= 0)
		return;
	sample_add(&planner->spoken, (double)took_ms / allotted);
	sample_add(&planner->groups[group], (double)took_ms / allotted);
}

void planner_waited(struct planner *planner, int64_t gap_ms)
{
	if (gap_ms >= 0 && gap_ms <= GAP_MOST_MS)
		sample_add(&planner->gaps, (double)gap_ms);
}

/* What is left of the wish to speak. */
static double asked_at(const struct planner *planner, int64_t wall_ms)
{
	const double age = (double)(wall_ms - planner->asked_ms);
	return planner->asked > 0 && age > 0 ? planner->asked * exp(-age / ASKING_FADES_MS)
					     : planner->asked;
}

void planner_asked(struct planner *planner, int64_t wall_ms)
{
	planner->asked = asked_at(planner, wall_ms) + 1;
	planner->asked_ms = wall_ms;
}

/* What is usual, corrected by what was seen: the more of it, the more it counts. */
static struct guess guess(const struct planner_sample *sample, double usual, double spread)
{
	const double weight = USUAL_WEIGHT + sample->n;
	struct guess guess = { .mean = (USUAL_WEIGHT * usual + sample->sum) / weight };
	/* Sum of the squares of the distances to the mean, the usual ones among them. */
	const double seen = sample->squares - 2 * guess.mean * sample->sum +
			    sample->n * guess.mean * guess.mean;
	const double off = usual - guess.mean;
	guess.spread2 =
		(USUAL_WEIGHT * (spread * spread + off * off) + (seen > 0 ? seen : 0)) / weight;
	guess.doubt2 = guess.spread2 / weight;
	return guess;
}

/* Of the time allotted, by the whole meeting. */
static struct guess guess_all(const struct planner *planner)
{
	const double usual = planner->usual.used_percent / 100.0;
	return guess(&planner->spoken, usual, USUAL_SPREAD);
}

/* How much more or less this group takes than all do; what is doubted of all is doubted apart. */
static struct guess guess_group(
	const struct planner *planner, size_t group, const struct guess *all)
{
	const struct planner_sample *sample = &planner->groups[group];
	const double weight = GROUP_WEIGHT + sample->n;
	return (struct guess){
		.mean = (GROUP_WEIGHT * all->mean + sample->sum) / weight,
		.spread2 = all->spread2,
		/* Without one of its own, it is as far from the others as groups are. */
		.doubt2 = all->spread2 * GROUP_WEIGHT / weight / (USUAL_WEIGHT + GROUP_WEIGHT),
	};
}

static struct guess guess_gap(const struct planner *planner)
{
	const double usual = planner->usual.gap_s * 1000.0;
	return guess(&planner->gaps, usual, usual * USUAL_GAP_SPREAD);
}

/* Time and doubt as they add up along the list. */
struct sum {
	double at;      /* ms from now */
	double spread2; /* of what is independent */
	double allotted;
	double by_group[PLANNER_GROUPS];
	double group_doubt2;
	double gaps;
	double all_doubt2; /* of one part of what is allotted */
	double gap_doubt2;
};

static double margin_of(const struct sum *sum)
{
	return NINE_OF_TEN * sqrt(sum->spread2 + sum->allotted * sum->allotted * sum->all_doubt2 +
				     sum->group_doubt2 + sum->gaps * sum->gaps * sum->gap_doubt2);
}

static void add_statement(
	struct sum *sum, const struct planner *planner, size_t group, double allotted)
{
	const struct guess all = guess_all(planner);
	const struct guess part = guess_group(planner, group, &all);
	const double before = sum->by_group[group];
	sum->at += allotted * part.mean;
	sum->spread2 += allotted * allotted * part.spread2;
	sum->allotted += allotted;
	sum->by_group[group] += allotted;
	sum->group_doubt2 +=
		(sum->by_group[group] * sum->by_group[group] - before * before) * part.doubt2;
}

static void add_gap(struct sum *sum, const struct guess *gap)
{
	sum->at += gap->mean;
	sum->spread2 += gap->spread2;
	sum->gaps += 1;
}

/* How much longer, given that it takes longer than `took`: the mean of what is left of a bell curve. */
static double rest_of(double mean, double spread, double took, double *out_spread2)
{
	const double a = (took - mean) / spread;
	const double density = exp(-a * a / 2) / sqrt(2 * M_PI);
	const double beyond = erfc(a / M_SQRT2) / 2;
	/* Far out in the tail the quotient is known better than its parts. */
	const double ratio = a < 6 ? density / beyond : a + 1 / a;
	const double cut = 1 + a * ratio - ratio * ratio;
	*out_spread2 = spread * spread * (cut > 0 ? cut : 0);
	const double rest = mean + spread * ratio - took;
	return rest > 0 ? rest : 0;
}

static void add_speaker(
	struct sum *sum, const struct planner *planner, const struct planner_speaker *speaker)
{
	if (!speaker->speaks)
		return;
	const struct guess all = guess_all(planner);
	const struct guess part = guess_group(planner, speaker->group, &all);
	const double allotted = allotted_of(planner, speaker->allotted_ms);
	const double spread = allotted * sqrt(part.spread2 + all.doubt2 + part.doubt2);
	double spread2 = 0;
	double rest = spread > 0 ? rest_of(allotted * part.mean, spread, (double)speaker->took_ms,
					   &spread2)
				 : 0;
	const double most = (double)(speaker->most_ms - speaker->took_ms);
	if (speaker->most_ms != 0 && rest > most)
		rest = most > 0 ? most : 0;
	sum->at += rest;
	sum->spread2 += spread2;
}

static void add_points(struct sum *sum, const struct planner_question *question)
{
	const double one = (question->point_ms != 0 ? question->point_ms : POINT_MS) + RULING_MS;
	sum->at += one * (double)question->points;
	sum->spread2 += one * one * (double)question->points / 4;
}

static int64_t round_ms(double ms)
{
	return (int64_t)(ms + 0.5);
}

/* Those who will ask yet, were the list left open; how many come is as unsure as their number is large. */
static void add_newcomers(struct sum *sum, const struct planner *planner,
	const struct planner_question *question, struct planner_forecast *forecast)
{
	const struct guess all = guess_all(planner);
	const struct guess gap = guess_gap(planner);
	const double more =
		question->open ? ASKING_GOES_ON * asked_at(planner, question->wall_ms) : 0;
	const double each = allotted_of(planner, question->newcomers_ms) * all.mean + gap.mean;
	sum->at += more * each;
	sum->spread2 += more * each * each * 2;
	forecast->more = more;
	forecast->last_ms = question->wall_ms + round_ms(sum->at);
	forecast->last_margin_ms = round_ms(margin_of(sum));
}

void planner_forecast(const struct planner *planner, const struct planner_question *question,
	struct planner_turn *turns, size_t n, struct planner_forecast *out_forecast)
{
	const struct guess all = guess_all(planner);
	const struct guess gap = guess_gap(planner);
	struct sum sum = { .all_doubt2 = all.doubt2, .gap_doubt2 = gap.doubt2 };
	add_speaker(&sum, planner, &question->now);
	add_points(&sum, question);
	sum.at += (double)question->pause_ms;
	for (size_t i = 0; i < n; i++) {
		struct planner_turn *turn = &turns[i];
		const size_t group = turn->group < PLANNER_GROUPS ? turn->group : 0;
		add_gap(&sum, &gap);
		turn->start_ms = question->wall_ms + round_ms(sum.at);
		turn->margin_ms = round_ms(margin_of(&sum));
		add_statement(&sum, planner, group, allotted_of(planner, turn->allotted_ms));
		turn->end_ms = question->wall_ms + round_ms(sum.at);
		turn->end_margin_ms = round_ms(margin_of(&sum));
	}
	*out_forecast = (struct planner_forecast){
		.finish_ms = question->wall_ms + round_ms(sum.at),
		.finish_margin_ms = round_ms(margin_of(&sum)),
		.used_percent = (uint32_t)round_ms(all.mean * 100),
		.gap_ms = round_ms(gap.mean),
		.statements = planner->spoken.n,
	};
	add_newcomers(&sum, planner, question, out_forecast);
}
