// Calls a running learning platform with the types that openapi-typescript generates from its document.

import createClient from "openapi-fetch";
import type { paths } from "./learning-platform.js";

function check(condition: boolean, what: unknown): asserts condition {
    if (!condition) throw new Error(JSON.stringify(what));
}

const [url, email, password] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({ baseUrl: url });

const wrong = await client.POST("/api/v1/auth/login", { body: { email, password: "wrong-password" } });
check(wrong.error?.status === 401, wrong.error);

const login = await client.POST("/api/v1/auth/login", { body: { email, password } });
check(login.data !== undefined, login.error);
const headers = { authorization: `Bearer ${login.data.access_token}` };

const me = await client.GET("/api/v1/users/me", { headers });
check(me.data?.email === email, me.error);

const chapters = await client.GET("/api/v1/chapters", { headers, params: { query: { limit: 2 } } });
check(chapters.data?.items.length === 2, chapters.error);
