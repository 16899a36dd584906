"""What is defended, how, and which tests hold it. `make guard` makes docs/security.md of it.

A node is a file of `tests` and a test in it. A test checks that each is there.
"""

from dataclasses import dataclass
from pathlib import Path

from tests.guard.net import PLACES

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"


@dataclass(frozen=True)
class Attack:
    """One way in: what somebody tries, what stands against it, and the tests that say so."""

    number: str
    tries: str
    defence: str
    nodes: tuple[str, ...]


ATTACKS = (
    Attack(
        "S1",
        'A response contains a serialised object (`{"lc": 1, ...}`) that a loader would instantiate, '
        "or a secret placeholder that it would fill in (CVE-2025-68664)",
        "The packages load nothing; LangChain's own escaping is relied on from 1.6 on, and tested",
        (
            "guard/test_attacks.py::test_a_serialised_object_in_a_reply_stays_plain_data",
            "guard/test_attacks.py::test_what_we_pack_calls_nothing_that_makes_objects_of_data",
        ),
    ),
    Attack(
        "S2",
        "Token counting opens the link of an image in a conversation (CVE-2026-26013)",
        "Counting makes no request: an image counts as a constant",
        (
            "langchain_302/test_token_estimate.py::test_an_image_counts_as_a_constant_and_is_never_fetched",
        ),
    ),
    Attack(
        "S3",
        "A model names a path, a symbolic link, `file:` or an internal address to a tool",
        "Files are read only below folders that the operator allowed, each step opened relative to "
        "the one before and no link followed at any; only http(s) links, never internal ones; every "
        "refusal has the same text",
        (
            "core_302/tools/test_file_store.py::test_nothing_else_may_be_read_and_all_refusals_are_alike",
            "core_302/tools/test_file_store.py::test_a_file_in_the_output_folder_that_was_not_made_here_cannot",
            "core_302/tools/test_opened_folder.py::test_no_link_and_no_folder_is_read_not_even_a_link_that_stays_inside",
            "core_302/tools/test_opened_folder.py::test_a_folder_that_becomes_a_link_at_any_moment_is_not_followed",
            "core_302/tools/test_opened_folder.py::test_a_thread_that_swaps_a_folder_for_a_link_wins_nothing",
            "both_adapters/test_read_file.py::test_what_may_not_be_read_is_not_sent",
            "langchain_302/tools/test_image_tools.py::test_an_avatar_that_cannot_be_made_is_told_and_nothing_is_sent",
            "llama_index_302/tools/test_image_tools.py::test_what_a_model_must_not_say_is_refused_before_anything_is_sent",
            "llama_index_302/test_convert.py::test_a_file_that_is_no_image_is_not_sent_as_one",
            "guard/test_attacks.py::test_an_internal_link_in_a_message_is_left_to_the_gateway_and_never_opened",
        ),
    ),
    Attack(
        "S4",
        "A prompt or a response chooses where an image is written",
        "A file's name consists of the prompt's letters and the content's digest; no file is "
        "overwritten",
        (
            "core_302/tools/test_file_store.py::test_no_prompt_leads_out_of_the_folder",
            "core_302/tools/test_file_store.py::test_a_file_is_never_overwritten_and_no_draft_stays",
            "core_302/tools/test_opened_folder.py::test_an_image_goes_into_the_folder_that_was_opened",
        ),
    ),
    Attack(
        "S5",
        "A link in a response leads to an internal address (SSRF): as a number in any base, as IPv6 "
        "that wraps IPv4, in letters that resolvers read as digits, by DNS, by a second look-up, by "
        "a redirect; a task's id leads to another path",
        "Every redirect is checked as it is written and by all IP addresses of its host, by IANA's "
        "tables and not by those of the installed Python; an id that is not one segment of a path is "
        "refused; the connection is made to the checked address; file hosts get no key and no header "
        "of yours",
        (
            "core_302/flows/test_download.py::test_a_link_that_leads_inside_is_refused_before_anything_is_looked_up",
            "core_302/flows/test_download.py::test_a_public_name_with_an_internal_address_is_refused",
            "core_302/flows/test_download.py::test_the_address_that_was_judged_is_the_one_that_is_used",
            "core_302/flows/test_download.py::test_a_redirect_inside_is_not_followed",
            "core_302/test_special_addresses.py::test_an_address_that_leads_inside_is_not_public",
            "core_302/flows/test_download.py::test_an_image_is_fetched_without_the_key",
            "core_302/flows/test_download.py::test_a_client_of_yours_is_not_used_for_files_since_it_may_hold_secrets",
            "langchain_302/tools/test_image_tools.py::test_a_link_of_the_reply_that_leads_inside_is_given_but_not_followed",
            "core_302/flows/test_image_jobs.py::test_what_is_no_id_is_refused_before_anything_is_sent",
            "core_302/flows/test_image_jobs.py::test_an_id_of_a_reply_that_is_none_is_not_asked_for",
            "fuzz/test_corpus.py::test_an_input_of_the_corpus_holds_what_its_target_says",
        ),
    ),
    Attack(
        "S6",
        "Bombs: compressed bodies, pixels, endless events, nested JSON, files that claim a gibibyte",
        "Bytes are counted after decompression; pixels are read from the header, in every format, in "
        "a bounded number of steps, and an image whose header does not tell its size is refused, also "
        "where one goes to a model; JSON nests at most 100 levels; a zip is refused by what its list declares, and nothing of it is "
        "written anywhere; refusals are cut at 64 KiB and "
        "2,000 characters",
        (
            "core_302/test_calls.py::test_a_small_reply_cannot_become_a_large_one",
            "core_302/flows/test_download.py::test_a_file_that_claims_a_gibibyte_is_left_at_the_limit",
            "core_302/flows/test_image_jobs.py::test_an_image_of_too_many_pixels_is_refused",
            "core_302/test_image_size.py::test_a_bomb_is_refused_wherever_an_image_is_given",
            "core_302/test_image_size.py::test_the_largest_size_that_a_header_tells_of_counts",
            "core_302/test_image_size.py::test_a_header_without_end_is_given_up_and_most_of_the_file_is_never_looked_at",
            "core_302/reading/test_sources.py::test_a_bomb_on_a_later_page_is_refused_alone",
            "core_302/reading/test_sources.py::test_what_cannot_be_read_says_why",
            "core_302/endpoints/test_mineru.py::test_a_zip_bomb_is_refused_by_what_it_declares",
            "core_302/endpoints/test_mineru.py::test_a_list_of_too_many_files_is_refused_before_it_is_read",
            "core_302/endpoints/test_mineru.py::test_nothing_is_written_wherever_a_name_leads",
            "emulator_302/conversion/test_convert.py::test_a_bomb_is_refused_by_what_it_declares",
            "emulator_302/conversion/test_convert.py::test_no_entity_is_expanded_and_none_is_fetched",
            "core_302/test_sse.py::test_an_event_longer_than_the_limit_is_an_error_before_it_is_complete",
            "guard/test_attacks.py::test_a_stream_that_unpacks_without_end_is_left_early",
            "guard/test_attacks.py::test_a_refusal_that_unpacks_without_end_is_cut",
            "guard/test_attacks.py::test_empty_lines_of_one_event_without_end_are_too_large",
            "properties/test_replies.py::test_nesting_without_end_is_an_error_of_ours_wherever_it_stands",
            "properties/test_replies.py::test_arguments_nested_without_end_are_a_broken_call_and_no_crash",
        ),
    ),
    Attack(
        "S7",
        "An untrusted configuration (a file in the working directory, a dump, a pickle) chooses the "
        "address, and so the recipient of the key (CVE-2026-21852)",
        "No file is read; the environment's key goes only to 302.AI, this machine, or the address "
        "in the environment; no user name in an address, no plain http elsewhere, no redirect",
        (
            "guard/test_key_home.py::test_an_address_from_elsewhere_does_not_get_the_key_of_the_environment",
            "guard/test_key_home.py::test_an_address_that_only_looks_right_gets_no_key_of_the_environment",
            "guard/test_key_home.py::test_no_file_of_the_working_directory_sets_an_address_in_either_adapter",
            "core_302/test_config.py::test_files_of_the_working_directory_are_not_read",
            "core_302/test_config.py::test_a_base_url_that_would_not_work_is_refused",
            "core_302/test_config.py::test_http_to_another_machine_needs_a_word_of_the_user",
            "core_302/test_calls.py::test_no_redirect_is_followed",
        ),
    ),
    Attack(
        "S8",
        "The key, or a header or query of the user's own, leaks through an output: logs, traces, "
        "errors, crash reports, dumps, pickles, files",
        "One test harness searches every channel for canaries, in calls that succeed and in calls "
        "that fail with the key in the server's message; a key that is too short to be searched for "
        "goes to this machine only",
        (
            "guard/test_canary.py::test_no_key_comes_out_of_calls_that_succeed",
            "guard/test_canary.py::test_no_key_comes_out_of_calls_that_fail",
            "guard/test_canary.py::test_no_key_comes_out_of_a_constructor_that_refuses",
            "guard/test_canary.py::test_no_secret_comes_out_of_a_constructor_with_arguments_of_its_own",
            "guard/test_canary.py::test_no_key_comes_out_of_the_core",
            "core_302/test_config.py::test_headers_and_query_are_shown_nowhere_and_go_into_no_pickle",
            "core_302/test_config.py::test_a_short_key_is_no_key_of_302_and_goes_to_this_machine_only",
            "langchain_302/test_contract.py::test_headers_and_query_are_part_of_the_cache_key_and_cannot_be_read_in_it",
            "guard/test_canary.py::test_a_secret_header_that_a_server_repeats_is_not_repeated_by_us",
            "guard/test_canary.py::test_the_net_finds_what_it_looks_for",
        ),
    ),
    Attack(
        "S9",
        "Stored data executes code when it is read",
        "No pickle, yaml or eval in the packages; caches are SQLite files with JSON in them",
        ("guard/test_attacks.py::test_what_we_pack_calls_nothing_that_makes_objects_of_data",),
    ),
    Attack(
        "S10",
        "A recording of a call contains a key",
        "Recordings keep one header only; every text file of the project is searched",
        (
            "guard/test_canary.py::test_no_key_is_in_a_cassette",
            "guard/test_key_home.py::test_no_file_of_the_project_holds_what_looks_like_a_key",
            "langchain_302/test_recorded.py::test_recordings_hold_nothing_secret_and_name_their_source",
        ),
    ),
    Attack(
        "S11",
        "Prompt injection: a page, an image's text or an answer gives instructions to the model",
        "Results are passed on as a tool's text or a document's text, and never parsed as a call; only "
        "http(s) links are returned as sources or images; whatever a tool returns to a model, errors "
        "too, is printable, one line an item, and at most 64 KiB",
        (
            "guard/test_attacks.py::test_what_a_tool_found_goes_to_the_model_as_a_tools_words_and_is_never_run",
            "guard/test_attacks.py::test_an_injected_answer_is_text_and_no_call",
            "guard/test_attacks.py::test_only_links_of_the_web_come_out_of_an_answer_in_langchain",
            "guard/test_attacks.py::test_only_links_of_the_web_come_out_of_an_answer_in_llama_index",
            "guard/test_attacks.py::test_only_links_of_the_web_come_out_of_a_search_in_both_adapters",
            "guard/test_attacks.py::test_a_title_of_a_page_cannot_pass_for_lines_of_the_tools_answer",
            "core_302/tools/test_untrusted_text.py::test_no_letter_that_is_not_seen_passes_but_those_that_scripts_need",
            "both_adapters/test_untrusted_replies.py::test_no_reply_makes_a_tool_tell_too_much_or_lines_that_are_not_its_own",
            "both_adapters/test_web_search.py::test_a_page_cannot_pass_for_other_results",
            "both_adapters/test_untrusted_replies.py::test_wrong_arguments_are_told_to_a_model_in_one_line_and_cut",
        ),
    ),
    Attack(
        "S12",
        "A malformed response raises another library's exception, or breaks the conversation",
        "Parsers take what they need; anything else raises an error of this project, and every parsed "
        "answer can be sent back as history",
        (
            "properties/test_replies.py::test_any_whole_reply_is_an_answer_or_an_error_of_ours",
            "properties/test_replies.py::test_any_stream_is_an_answer_or_an_error_of_ours",
            "properties/test_replies.py::test_any_bytes_are_a_stream_or_an_error_of_ours",
            "properties/test_replies.py::test_any_reply_of_any_endpoint_is_read_or_an_error_of_ours",
        ),
    ),
    Attack(
        "S13",
        "A model spends too much: many images, concurrent or large ones, or settings smuggled in as "
        "arguments (`base_url`, `headers`, `api_key`, `n`)",
        "Unknown arguments are refused before anything is sent; the number of images and the money are "
        "limited per tool, also under concurrent calls; a paid job is sent once",
        (
            "langchain_302/tools/test_image_tools.py::test_wrong_arguments_are_told_to_the_model_and_nothing_is_sent",
            "guard/test_attacks.py::test_no_tool_of_llama_index_takes_a_setting_from_the_model",
            "both_adapters/test_web_search.py::test_what_a_provider_does_not_know_is_refused_and_nothing_is_sent",
            "langchain_302/tools/test_image_tools.py::test_money_is_limited_also_under_parallel_calls",
            "core_302/tools/test_file_store.py::test_the_limit_holds_under_calls_at_once",
            "langchain_302/tools/test_image_tools.py::test_a_paid_job_is_sent_once_unless_nothing_was_done",
            "llama_index_302/tools/test_image_tools.py::test_the_limit_of_images_holds",
        ),
    ),
    Attack(
        "S14",
        "Two runs, a wrong clock or Ctrl-C make a page be paid twice, or lock everybody out of the "
        "cache of readings",
        "Every write is one statement; a claim is ended by its owner alone, and by the age that its "
        "finder's clock gives it",
        (
            "core_302/reading/test_cache.py::test_a_process_that_is_interrupted_in_its_writes_goes_on_and_locks_nobody_out",
            "core_302/reading/test_cache.py::test_who_gives_up_late_does_not_end_the_claim_of_another",
            "core_302/reading/test_cache.py::test_a_claim_of_a_clock_that_is_ahead_ends_by_the_clock_of_who_finds_it",
            "core_302/reading/test_cache.py::test_who_gives_up_while_its_thread_is_claiming_leaves_no_claim",
        ),
    ),
    Attack(
        "S15",
        "A web page reads the emulator's log or scripts it (DNS rebinding, CSRF), or a schema makes "
        "it write gigabytes",
        "A `Host` that is no name of this machine is refused; what scripts it is JSON by its content "
        "type; what is written for one schema is counted as a whole",
        (
            "emulator_302/http/test_own_hosts.py::test_a_foreign_host_is_refused_on_every_path",
            "emulator_302/http/test_own_hosts.py::test_what_a_page_may_send_to_another_site_scripts_nothing",
            "emulator_302/rule_model/test_schema_limits.py::test_a_schema_that_asks_for_too_much_is_refused_within_a_few_megabytes",
        ),
    ),
    Attack(
        "S16",
        "A program that a model wrote, or a page made it write, prints the operator's variables, or "
        "lines that pass for the tool's own; or a program is sent to the emulator to be run there",
        "The values of variables are hidden in what is printed and in errors; each line of a "
        "program's output is marked, and it is bounded; the emulator executes nothing, and works "
        "out small programs in bounded steps",
        (
            "both_adapters/test_run_code.py::test_a_secret_of_the_operator_that_a_program_prints_is_hidden",
            "both_adapters/test_run_code.py::test_an_error_of_the_gateway_is_an_error_without_the_secret",
            "both_adapters/test_run_code.py::test_the_operators_variables_are_in_no_repr_dump_or_pickle",
            "core_302/tools/test_program_output.py::test_no_line_of_a_program_passes_for_one_of_ours",
            "emulator_302/rule_model/test_programs.py::test_what_is_beyond_the_rules_is_not_run_and_says_so",
            "emulator_302/rule_model/test_programs.py::test_no_program_costs_much_time_or_memory",
        ),
    ),
    Attack(
        "S17",
        "A model has anything posted as a recording: a key that is called `.mp3`, a page, a huge "
        "file, what lies in the network of the program; a file host answers with something else "
        "than the audio that was paid for; a transcript passes for lines of the tool",
        "A recording is known by its first bytes, also in data URIs and behind links, before it is "
        "paid for; links are followed here, and checked like every download; sizes are limited "
        "before anything is read; what came for a text that was read aloud is kept only if it is "
        "audio; what is told of a transcript is one line a passage, and bounded",
        (
            "core_302/test_audio_types.py::test_what_is_no_audio_is_none",
            "both_adapters/test_transcribe.py::test_what_may_not_be_heard_is_not_sent",
            "both_adapters/test_transcribe.py::test_what_a_link_leads_to_is_judged_by_its_bytes_before_it_is_paid",
            "both_adapters/test_transcribe.py::test_a_text_that_was_made_here_is_no_recording",
            "both_adapters/test_transcribe.py::test_who_speaks_is_told_line_by_line",
            "both_adapters/test_speak.py::test_what_comes_is_kept_only_if_it_is_an_audio_file",
        ),
    ),
    Attack(
        "S18",
        "A model has the program fetch from its own network, or post a file that it may not read, as "
        "an image or as a mask; base64 that breaks off makes a tool fail with a stranger's exception; "
        "a small image is enlarged to one that fills the memory; the answer to an order names a task "
        "that is a path",
        "Every image and mask of a tool goes one way: links are checked before they are sent or "
        "followed, files are opened in allowed folders alone, bytes are judged by their header; what "
        "is made must be small enough to be read; a task's id is one segment of a path",
        (
            "both_adapters/test_image_processing.py::test_what_cannot_be_processed_is_refused_before_anything_is_sent",
            "both_adapters/test_image_processing.py::test_broken_base64_and_a_link_to_too_much_are_refused_and_nothing_is_ordered",
            "both_adapters/test_image_processing.py::test_an_answer_without_an_image_or_a_task_is_an_error",
            "both_adapters/test_edit_image.py::test_what_cannot_be_edited_is_refused_before_anything_is_sent",
        ),
    ),
    Attack(
        "S19",
        "A model behind the MCP server names files outside the folders, spends more than the "
        "operator allowed by calls of several tools at once, or has a key repeated; a key is passed "
        "as an argument; a setting of a tool lifts a limit; what a library prints passes for the "
        "protocol",
        "Nothing is offered that is not named; one budget and one set of folders are the process's, "
        "and no setting of a tool; the key comes from the environment alone, and what may be one is "
        "not repeated; standard output is the protocol's from the first byte to the last",
        (
            "mcp_302/test_attacks.py::test_a_path_outside_the_folders_is_refused_and_nothing_is_sent",
            "mcp_302/test_attacks.py::test_without_a_folder_no_file_is_read",
            "mcp_302/test_attacks.py::test_what_is_saved_stays_below_the_folder",
            "mcp_302/test_attacks.py::test_an_internal_address_is_refused",
            "mcp_302/test_attacks.py::test_one_budget_is_for_all_tools_also_at_once",
            "mcp_302/test_attacks.py::test_a_budget_that_is_used_up_refuses_the_other_tool_too",
            "mcp_302/test_attacks.py::test_a_key_that_a_server_repeats_is_in_no_error",
            "mcp_302/test_attacks.py::test_what_a_stranger_hid_in_an_answer_is_in_no_part_of_a_result",
            "mcp_302/test_offer.py::test_limits_folders_and_secrets_are_no_settings_of_a_tool",
            "mcp_302/test_offer.py::test_a_key_on_the_command_line_is_refused_and_never_repeated",
            "mcp_302/test_process.py::test_a_key_that_came_as_an_argument_is_not_repeated",
            "mcp_302/test_process.py::test_the_key_goes_to_no_other_host_than_the_environment_names",
            "mcp_302/test_process.py::test_what_prints_does_not_reach_the_client",
        ),
    ),
)

START = """# Attacks, defences, tests

Generated by `make guard` from `tests/guard/table.py`; a test fails if this page is out of date or a
test is missing. [SECURITY.md](../SECURITY.md) has the policy and how to report a vulnerability. Each
section is an attack: what it tries, the defence, and the tests of the defence.
"""
LIMITS = """
## Limits

- The text of an answer is not filtered: links in it (Markdown too) are left as they are, and a
  program that shows the text decides what it renders. A key that a server writes into a successful
  answer is part of its text.
- `Settings.api_key` is the key, and `default_headers` and `default_query` are what they contain. A
  program that prints them, or the JSON of `dataclasses.asdict(settings)`, prints secrets.
- A plain key, header or query that a program passes to `Settings` is a local variable of that call.
  If the call raises, a crash report that shows variables shows it; the other classes conceal it first.
- An `httpx.Client` of yours logs the address of each request, its query too, at INFO; at DEBUG,
  httpcore logs the headers of its responses, and with them a key that a server repeats there.
- Windows opens no file relative to a folder. There, a link that is swapped in and out while a file
  is opened would have to win one race several times; a link that stays is always noticed.
- Python's `re` runs the `pattern` of a schema that is sent to the emulator: one may take long.
- A program in the sandbox can read the `envs` that it was given: encoded, or sent elsewhere, their
  values are not found in what it prints.
- Exceptions of Python (`KeyboardInterrupt`, a cancellation) keep the frames of the HTTP library,
  which hold the request's headers.
- Behind a proxy, the proxy looks up host names: links are then checked only as they are written.
"""


def page():
    """Return the whole page."""
    parts = [START]
    for attack in ATTACKS:
        parts.append(f"\n## {attack.number}\n\n{attack.tries}.\n\n{attack.defence}.\n\n")
        parts += [f"- `tests/{node}`\n" for node in attack.nodes]
    parts.append("\n## Where the tests search for a key\n\n")
    parts += [f"- **{place}**: {what}\n" for place, what in PLACES.items()]
    return "".join([*parts, LIMITS])
