"""The matrix by its numbers, and the tests elsewhere that hold a number or a part of it.

A test fails when a number has neither a row nor a test, or when a test that is named here is gone.
"""

CORE = "tests/core_302/"
LANGCHAIN = "tests/langchain_302/"
LLAMA = "tests/llama_index_302/"
CALLERS = "tests/faults/test_callers.py::test_"

NUMBERS = {
    "N1": "no connection: the name, or the port",
    "N2": "no connection in time",
    "N3": "a certificate that is not accepted",
    "N4": "no reply",
    "N5": "closed after the request",
    "N6": "reset after the request",
    "N7": "an idle connection that the server has closed",
    "N8": "an upload that breaks",
    "N10": "a body byte by byte",
    "N11": "a wrong length",
    "N13": "proxies",
    "N14": "redirects",
    "N15": "no free connection",
    "N16": "hosts with IPv6 and IPv4",
    "N17": "bytes beyond a response",
    "P1": "refusals that stay",
    "P2": "refusals that pass",
    "P3": "failures of the gateway",
    "P4": "`Retry-After` is granted",
    "P5": "`Retry-After` that makes no sense",
    "P6": "`x-should-retry`",
    "P7": "a rate limit for ever",
    "P8": "no retries",
    "P9": "two retries",
    "P10": "the Idempotency-Key",
    "P11": "errors under HTTP 200",
    "P12": "replies that are no JSON",
    "P13": "answers without an answer",
    "P14": "token counts that make no sense",
    "P17": "packings",
    "P18": "bombs",
    "P19": "finish reasons",
    "P20": "the key in the server's words",
    "S1": "a stream without its end",
    "S2": "a stream that is cut",
    "S3": "tool arguments that are cut",
    "S4": "no [DONE]",
    "S5": "no finish reason",
    "S6": "errors inside a stream",
    "S7": "events that are not JSON",
    "S8": "pings",
    "S9": "silence",
    "S10": "bytes cut anywhere",
    "S13": "ten streams, one connection",
    "S15": "an answer in place of a stream",
    "S16": "token counts in streams",
    "S17": "pieces of tool calls",
    "S18": "thoughts, sources, images",
    "C1": "calls that are cancelled",
    "C2": "consumers that leave",
    "C4": "event loops and threads",
    "C5": "forks, pickles, copies",
    "C6": "closing, and clients of the user's",
    "C7": "two hundred calls at once, with faults",
    "G1": "keys that cannot be sent",
    "G2": "addresses that cannot be used",
    "G3": "limits that make no sense",
    "G5": "the environment and the working directory",
    "T1": "prompts",
    "T2": "arguments of a model",
    "T3": "paths and links of a model",
    "T4": "replies to image jobs",
    "T5": "links of results",
    "T6": "tasks that come to nothing",
    "T7": "pauses between polls",
    "T9": "errors of tools in agents",
    "T11": "images in messages",
    "T12": "tools at once",
}

HELD = {
    "N1": [
        f"{CORE}flows/test_download.py::test_a_name_that_no_host_can_have_is_a_failed_connection"
    ],
    "N13": [
        f"{CORE}test_parity.py::test_a_proxy_of_the_environment_is_obeyed",
        f"{CORE}flows/test_download.py::test_behind_a_proxy_the_name_is_left_to_it",
        "tests/faults/test_proxies.py::test_a_host_that_no_proxy_serves_is_judged_by_its_address",
        "tests/faults/test_proxies.py::test_a_proxy_that_cannot_be_used_is_named_without_its_password",
        "tests/faults/test_proxies.py::test_an_unencrypted_call_through_a_proxy_that_refuses_says_so",
    ],
    "N15": [
        f"{CALLERS}a_call_waits_for_a_connection_no_longer_than_its_limit",
        f"{CALLERS}an_awaited_call_waits_for_a_connection_no_longer_than_its_limit",
        f"{CORE}test_parity.py::test_more_calls_than_connections_wait_their_turn",
    ],
    "N17": [
        f"{CORE}net/test_drain.py::test_what_a_server_sends_beyond_a_response_answers_no_other_request",
        f"{CORE}net/test_drain.py::test_nor_does_it_in_a_tunnel_through_a_proxy_behind_tls",
        f"{CORE}net/test_drain.py::test_the_socket_is_asked_when_the_connection_is_handed_out_already",
        f"{CORE}net/test_drain.py::test_the_socket_is_asked_when_the_connection_is_handed_out_already",
    ],
    "P10": [
        f"{CORE}test_calls.py::test_every_attempt_of_a_call_has_the_same_idempotency_key",
        f"{CORE}test_calls.py::test_an_idempotency_key_of_your_own_is_sent_in_place_of_ours",
    ],
    "P13": [
        f"{CORE}test_calls.py::test_a_reply_that_is_no_completion_says_how_it_begins",
        f"{CORE}test_calls.py::test_odd_fields_of_an_answer_are_passed_over",
    ],
    "P14": [f"{CORE}test_calls.py::test_usage_that_says_nothing_is_none"],
    "P19": [],
    "S3": [
        f"{CORE}endpoints/test_tool_call_deltas.py::test_arguments_that_are_cut_off_are_never_a_call",
        f"{LANGCHAIN}test_chat_model.py::test_cut_off_arguments_in_a_stream_are_never_a_call",
    ],
    "S10": [
        f"{CORE}test_sse.py::test_a_stream_gives_the_same_events_wherever_it_is_cut",
        f"{CORE}test_sse.py::test_a_stream_gives_the_same_events_in_pieces_of_any_width",
        f"{CORE}test_streams.py::test_a_stream_cut_into_single_bytes_is_the_same",
    ],
    "S13": [],
    "S15": [
        f"{CORE}test_streams.py::test_a_stream_answered_with_a_whole_completion_is_that_answer",
        f"{CORE}test_streams.py::test_a_stream_answered_with_an_error_under_http_200_is_that_error",
        f"{CORE}test_streams.py::test_a_stream_under_a_wrong_label_is_still_a_stream",
    ],
    "S16": [f"{CORE}test_streams.py::test_usage_in_every_chunk_is_a_running_total"],
    "S17": [
        f"{CORE}endpoints/test_tool_call_deltas.py::test_two_calls_arrive_whole",
        f"{CORE}endpoints/test_tool_call_deltas.py::test_streamed_calls_without_ids_of_their_own_get_one_each",
    ],
    "S18": [
        f"{CORE}test_streams.py::test_reasoning_under_either_name_is_kept_apart_from_the_text",
        f"{CORE}test_streams.py::test_citations_are_joined_and_come_once",
    ],
    "C1": [
        f"{CALLERS}a_cancelled_call_ends_at_once_and_frees_its_connection",
        f"{CORE}test_parity.py::test_cancelled_calls_free_their_connections",
    ],
    "C2": [
        f"{CALLERS}leaving_a_stream_early_again_and_again_needs_two_connections",
        f"{CALLERS}leaving_an_awaited_stream_again_and_again_needs_two_connections",
    ],
    "C4": [
        f"{CORE}test_parity.py::test_one_asynchronous_client_serves_loops_in_several_threads",
        f"{LANGCHAIN}test_life_cycle.py::test_nothing_is_left_open_however_a_program_ends",
        f"{LANGCHAIN}test_life_cycle.py::test_event_loops_in_several_threads_share_one_model",
        f"{LANGCHAIN}test_chat_model.py::test_one_model_serves_several_event_loops_without_a_wasted_request",
    ],
    "C5": [
        f"{CORE}test_parity.py::test_a_client_works_in_a_forked_process",
        f"{CORE}test_parity.py::test_a_client_shows_no_key_and_pickles_none",
        f"{LANGCHAIN}test_life_cycle.py::test_a_forked_child_has_connections_of_its_own",
        f"{LANGCHAIN}test_life_cycle.py::test_a_copy_is_closed_for_itself",
        f"{LLAMA}test_llm.py::test_a_pickle_has_no_key_and_finds_one_in_the_environment",
    ],
    "C6": [
        f"{CORE}test_parity.py::test_a_closed_client_says_so",
        f"{CORE}test_parity.py::test_your_own_http_client_is_used_and_not_closed",
        f"{CORE}test_parity.py::test_your_own_asynchronous_http_client_is_used_and_not_closed",
        f"{LLAMA}test_llm.py::test_what_was_closed_says_so",
    ],
    "C7": [
        f"{CALLERS}a_storm_of_awaited_calls_with_faults_mixes_no_answers",
        f"{CALLERS}a_storm_of_threads_with_faults_mixes_no_answers",
    ],
    "G1": [
        f"{CORE}test_config.py::test_a_key_that_cannot_be_sent_is_refused_without_repeating_it",
        f"{CORE}test_config.py::test_a_missing_key_names_the_variable_and_the_argument",
        f"{CORE}test_config.py::test_a_short_key_is_no_key_of_302_and_goes_to_this_machine_only",
        f"{LANGCHAIN}test_chat_model.py::test_a_missing_key_names_the_variable_and_the_argument",
        f"{LLAMA}test_llm.py::test_no_key_is_said_when_the_llm_is_made",
    ],
    "G2": [
        f"{CORE}test_config.py::test_a_base_url_works_with_and_without_v1_and_slashes",
        f"{CORE}test_config.py::test_a_base_url_that_would_not_work_is_refused",
    ],
    "G3": [
        f"{CORE}test_config.py::test_a_time_limit_must_be_a_positive_number_of_seconds",
        f"{CORE}test_config.py::test_a_timeout_is_seconds_or_limits_and_nothing_else",
        f"{CORE}test_config.py::test_retries_must_be_a_whole_number",
        f"{CORE}test_config.py::test_every_limit_can_be_set_alone",
    ],
    "G5": [
        f"{CORE}test_config.py::test_arguments_win_over_the_environment",
        f"{CORE}test_config.py::test_files_of_the_working_directory_are_not_read",
    ],
    "T1": [
        f"{CORE}options/test_image.py::test_a_prompt_that_cannot_be_drawn_is_refused",
        f"{CORE}options/test_image.py::test_a_prompt_may_have_lines_and_any_script",
    ],
    "T2": [
        f"{LANGCHAIN}tools/test_image_tools.py::test_wrong_arguments_are_told_to_the_model_and_nothing_is_sent",
        f"{LLAMA}tools/test_image_tools.py::test_what_a_model_must_not_say_is_refused_before_anything_is_sent",
        f"{CORE}options/test_image.py::test_other_values_out_of_range_are_refused",
    ],
    "T3": [
        f"{CORE}tools/test_file_store.py::test_nothing_else_may_be_read_and_all_refusals_are_alike",
        f"{CORE}tools/test_opened_folder.py::test_a_folder_that_becomes_a_link_at_any_moment_is_not_followed",
        f"{CORE}flows/test_download.py::test_a_link_that_leads_inside_is_refused_before_anything_is_looked_up",
    ],
    "T4": [
        f"{CORE}flows/test_image_jobs.py::test_an_image_is_found_wherever_the_reply_has_it",
        f"{CORE}flows/test_image_jobs.py::test_a_reply_without_an_image_says_that_it_may_have_been_billed",
        f"{CORE}flows/test_download.py::test_what_is_no_image_by_its_bytes_is_refused",
    ],
    "T5": [
        f"{CORE}flows/test_download.py::test_a_public_name_with_an_internal_address_is_refused",
        f"{CORE}flows/test_download.py::test_a_redirect_inside_is_not_followed",
        f"{CORE}flows/test_download.py::test_a_file_that_claims_a_gibibyte_is_left_at_the_limit",
        f"{CORE}flows/test_download.py::test_a_link_that_has_expired_says_so",
        f"{LANGCHAIN}tools/test_image_tools.py::test_a_download_that_fails_loses_nothing_that_was_paid_for",
    ],
    "T6": [
        f"{CORE}flows/test_image_jobs.py::test_a_task_that_comes_to_nothing_is_named_so_that_it_is_not_paid_twice",
        f"{CORE}flows/test_image_jobs.py::test_a_task_that_never_ends_is_left_at_the_time_limit",
        f"{CORE}flows/test_image_jobs.py::test_a_task_is_ordered_once_and_asked_for_until_it_is_done",
        f"{CORE}flows/test_image_jobs.py::test_an_id_of_a_reply_that_is_none_is_not_asked_for",
        f"{LANGCHAIN}tools/test_image_tools.py::test_a_task_that_comes_to_nothing_is_told_with_its_id",
    ],
    "T7": [
        f"{CORE}flows/test_image_jobs.py::test_pauses_between_questions_grow_have_jitter_and_obey_the_server"
    ],
    "T9": [
        f"{LANGCHAIN}tools/test_image_tools.py::test_a_lost_answer_is_told_as_maybe_billed",
        "tests/both_adapters/test_untrusted_replies.py::test_no_reply_makes_a_tool_tell_too_much_or_lines_that_are_not_its_own",
        "tests/faults/test_agents.py::test_an_agent_reads_the_error_of_its_tool_and_goes_on",
        "tests/faults/test_agents.py::test_a_function_agent_reads_the_error_of_its_tool_and_goes_on",
    ],
    "T11": [
        f"{CORE}options/test_chat.py::test_a_long_image_is_written_into_the_body_as_it_is",
        f"{CORE}test_image_size.py::test_a_bomb_is_refused_wherever_an_image_is_given",
        f"{LANGCHAIN}test_convert.py::test_an_image_in_any_form_is_sent_as_the_wire_has_it",
        f"{LANGCHAIN}test_convert.py::test_a_block_that_cannot_be_sent_is_named_by_its_place",
        f"{LLAMA}test_convert.py::test_what_cannot_be_sent_is_an_error_that_names_its_place",
    ],
    "T12": [
        f"{LANGCHAIN}tools/test_image_tools.py::test_money_is_limited_also_under_parallel_calls",
        f"{CORE}tools/test_file_store.py::test_the_limit_holds_under_calls_at_once",
    ],
}
