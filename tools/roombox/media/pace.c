#include "tools/roombox/media/pace.h"

/* 1/s: what waits 5 ms too long makes it 0.0004 faster. */
#define PROPORTIONAL 0.08
/* 1/s²: a quarter of the square, so that it does not swing. */
#define INTEGRAL (PROPORTIONAL * PROPORTIONAL / 4)
/* Of the measure, which is as coarse as the card's periods: a second. */
#define SMOOTH (1.0 / PACE_HZ)

static double within(double value)
{
	return value > PACE_MOST ? PACE_MOST : value < -PACE_MOST ? -PACE_MOST : value;
}

void pace_init(struct pace *pace, unsigned hz, unsigned target)
{
	*pace = (struct pace){ .hz = hz };
	pace_aim(pace, target);
}

void pace_aim(struct pace *pace, unsigned target)
{
	pace->target = target / pace->hz;
}

void pace_restart(struct pace *pace)
{
	pace->begun = false;
}

double pace_follow(struct pace *pace, size_t fill)
{
	const double error = (double)fill / pace->hz - pace->target;
	pace->error = pace->begun ? pace->error + (error - pace->error) * SMOOTH : error;
	pace->begun = true;
	pace->drift = within(pace->drift + pace->error * INTEGRAL / PACE_HZ);
	return 1 + within(pace->drift + pace->error * PROPORTIONAL);
}
