/* Looking things up in a request. The lists are short and bounded, so a walk is the whole of it. */
#include "http/request.h"

#include "base/banned.h"

static const struct param *find(const struct params *p, str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->at[i].name, name)) return &p->at[i];
	return NULL;
}

str param_get(const struct params *p, str name)
{
	const struct param *hit = find(p, name);
	return hit ? hit->value : (str){ 0 };
}

bool param_has(const struct params *p, str name) { return find(p, name) != NULL; }

str request_header(const struct request *r, str lower_name) { return param_get(&r->headers, lower_name); }
str request_cookie(const struct request *r, str name) { return param_get(&r->cookies, name); }
str request_field(const struct request *r, str name) { return param_get(&r->form.fields, name); }
str request_query(const struct request *r, str name) { return param_get(&r->query, name); }
