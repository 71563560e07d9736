import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";

async function audiencePage(cursor: string | undefined) {
  const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
  return dataOf(await api.GET("/api/v1/audiences", { params: { query } }));
}

export type AudienceView = Awaited<ReturnType<typeof audiencePage>>["items"][number];

/** All audiences, page by page: lists are filtered here. */
export const audiencesQuery = queryOptions({
  queryKey: ["audiences"],
  queryFn: async () => {
    const all: AudienceView[] = [];
    let page = await audiencePage(undefined);
    all.push(...page.items);
    while (page.next !== null) {
      page = await audiencePage(page.next);
      all.push(...page.items);
    }
    return all;
  },
});
