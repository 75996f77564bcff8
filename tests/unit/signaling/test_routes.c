/* The table of routes beside the description that /api/v1/openapi.json gives: each says the same. */
#include "signaling/io/description.h"
#include "signaling/io/io_priv.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static json_t *description;

static const char *method_name(enum http_method method)
{
	static const char *const names[] = { [HTTP_GET] = "get",
		[HTTP_HEAD] = "head",
		[HTTP_POST] = "post",
		[HTTP_PUT] = "put",
		[HTTP_PATCH] = "patch",
		[HTTP_DELETE] = "delete",
		[HTTP_OPTIONS] = "options",
		[HTTP_OTHER] = "?" };
	return names[method];
}

static bool is_described(const struct http_route *route)
{
	return route->kind == ROUTE_API || route->kind == ROUTE_MEETING;
}

static const json_t *operation_of(const struct http_route *route)
{
	return json_object_get(
		json_object_get(json_object_get(description, "paths"), route->pattern),
		method_name(route->method));
}

static void every_route_of_the_api_is_described(void **state)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		const struct http_route *route = &http_routes[i];
		if (is_described(route) && operation_of(route) == NULL)
			fail_msg("%s %s is not described", method_name(route->method),
				route->pattern);
	}
}

static const struct http_route *route_of(const char *method, const char *path)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		if (is_described(&http_routes[i]) && strcmp(http_routes[i].pattern, path) == 0 &&
			strcmp(method_name(http_routes[i].method), method) == 0)
			return &http_routes[i];
	}
	return NULL;
}

static void everything_described_is_a_route(void **state)
{
	const char *path;
	const char *method;
	json_t *methods;
	json_t *operation;
	size_t n = 0;
	json_object_foreach(json_object_get(description, "paths"), path, methods)
	{
		json_object_foreach(methods, method, operation)
		{
			if (route_of(method, path) == NULL)
				fail_msg("%s %s is described but is no route", method, path);
			n++;
		}
	}
	assert_true(n > 10);
}

static void roles_are_those_of_the_description(void **state)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		const struct http_route *route = &http_routes[i];
		uint32_t roles = 0;
		size_t at;
		json_t *name;
		if (!is_described(route))
			continue;
		json_array_foreach(json_object_get(operation_of(route), "x-roles"), at, name)
		{
			enum role role;
			assert_int_equal(role_parse(json_string_value(name), &role), 0);
			roles |= ROLE_BIT(role);
		}
		if (roles != route->roles)
			fail_msg("%s %s: roles %x in the table, %x described",
				method_name(route->method), route->pattern, route->roles, roles);
	}
}

static void a_route_takes_a_body_exactly_when_one_is_described(void **state)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		const struct http_route *route = &http_routes[i];
		const json_t *body = json_object_get(operation_of(route), "requestBody");
		if (is_described(route) && route->method == HTTP_GET)
			assert_null(body);
		assert_true(route->body_max > 0);
	}
}

static void a_meeting_of_the_path_is_judged_by_the_table(void **state)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		const struct http_route *route = &http_routes[i];
		const bool names_one = strstr(route->pattern, "/{meeting}") != NULL;
		assert_int_equal(route->kind == ROUTE_MEETING, names_one);
		assert_true(!names_one || route->roles != 0);
	}
}

static void no_two_routes_are_one(void **state)
{
	for (size_t i = 0; i < http_n_routes; i++) {
		for (size_t k = i + 1; k < http_n_routes; k++) {
			if (http_routes[i].method == http_routes[k].method &&
				strcmp(http_routes[i].pattern, http_routes[k].pattern) == 0)
				fail_msg("%s is there twice", http_routes[i].pattern);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_of_the_api_is_described),
		cmocka_unit_test(everything_described_is_a_route),
		cmocka_unit_test(roles_are_those_of_the_description),
		cmocka_unit_test(a_route_takes_a_body_exactly_when_one_is_described),
		cmocka_unit_test(a_meeting_of_the_path_is_judged_by_the_table),
		cmocka_unit_test(no_two_routes_are_one),
	};
	description = json_loadb((const char *)description_text, description_len, 0, NULL);
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	json_decref(description);
	return failed;
}
