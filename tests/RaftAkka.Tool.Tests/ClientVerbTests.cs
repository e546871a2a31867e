using System.Text;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class ClientVerbTests
{
    private static readonly string[] At = ["--seed", "127.0.0.1:4051"];

    private readonly Calling _call = new();

    [Fact]
    public void Put_succeeds_and_leaves_standard_output_empty()
    {
        var called = _call.With(["put", "k", "v", .. At]);

        Assert.Equal((0, "", "ok, revision 1\n"), (called.Status, called.Out, called.Error));
        Assert.True(_call.Cluster.IsDisposed);
    }

    [Fact]
    public void Snapshot_says_how_far_it_reaches_or_why_there_is_none()
    {
        var called = _call.With(["snapshot", "n1", .. At]);
        Assert.Equal((0, "", "ok, n1 has written a snapshot of everything up to index 41\n"), (called.Status, called.Out, called.Error));

        called = _call.With(["snapshot", "n1", "--json", .. At]);
        Assert.Equal((0, "{\"server\":\"n1\",\"snapshotIndex\":41,\"taken\":true}\n"), (called.Status, called.Out));

        called = _call.With(["snapshot", "n2", .. At]);
        Assert.Equal(
            (0, "nothing to do: n2 has a snapshot of everything up to index 41 already, and has applied nothing since\n"),
            (called.Status, called.Error));

        called = _call.With(["snapshot", "n3", .. At]);
        Assert.Equal((1, ""), (called.Status, called.Out));
        Assert.Contains("n3 did not answer", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_says_what_the_file_holds_and_replaces_one_only_by_force()
    {
        var called = _call.With(["backup", "friday.backup", .. At]);
        Assert.Equal((0, ""), (called.Status, called.Out));
        Assert.Equal("ok, friday.backup holds everything up to index 41 of term 3, 1234 bytes from n2\n", called.Error);
        Assert.Equal(("friday.backup", null, false), _call.Cluster.BackupAsked);

        called = _call.With(["backup", "friday.backup", "--server", "n1", "--force", "--json", .. At]);
        Assert.Equal(
            (0, "{\"file\":\"friday.backup\",\"server\":\"n1\",\"lastIndex\":41,\"lastTerm\":3,\"bytes\":1234}\n"),
            (called.Status, called.Out));
        Assert.Equal(("friday.backup", "n1", true), _call.Cluster.BackupAsked);

        _call.Cluster.Failure = new BackupFailedException("There is a file friday.backup already.");
        called = _call.With(["backup", "friday.backup", .. At]);
        Assert.Equal((1, "raftakka: There is a file friday.backup already.\n"), (called.Status, called.Error));
    }

    [Fact]
    public void Get_writes_the_value_and_nothing_else()
    {
        _call.With(["put", "k", "a value", .. At]);

        var called = _call.With(["get", "k", .. At]);

        Assert.Equal((0, "a value", ""), (called.Status, called.Out, called.Error));
    }

    [Fact]
    public void A_value_ends_its_line_on_a_terminal()
    {
        _call.With(["put", "k", "v", .. At]);
        _call.IsTerminal = true;

        Assert.Equal("v\n", _call.With(["get", "k", .. At]).Out);
    }

    [Fact]
    public void Bytes_go_in_by_standard_input_and_come_out_unchanged()
    {
        byte[] bytes = [0, 1, 0xff, 0xfe, (byte)'\r', (byte)'\n', 0xc3];
        _call.Input = bytes;

        _call.With(["put", "k", "-", .. At]);

        Assert.Equal(bytes, _call.With(["get", "k", .. At]).OutBytes);
    }

    [Fact]
    public void Getting_an_absent_key_is_a_definite_failure()
    {
        var called = _call.With(["get", "nowhere", .. At]);

        Assert.Equal((1, "", "nowhere: no such key\n"), (called.Status, called.Out, called.Error));
    }

    [Fact]
    public void Deleting_works_once()
    {
        _call.With(["put", "k", "v", .. At]);

        Assert.Equal(0, _call.With(["del", "k", .. At]).Status);
        Assert.Equal(1, _call.With(["del", "k", .. At]).Status);
    }

    [Fact]
    public void Cas_swaps_the_expected_value_only()
    {
        _call.With(["put", "k", "old", .. At]);

        Assert.Equal(1, _call.With(["cas", "k", "other", "new", .. At]).Status);
        Assert.Equal(0, _call.With(["cas", "k", "old", "new", .. At]).Status);
        Assert.Equal("new", _call.With(["get", "k", .. At]).Out);
    }

    [Fact]
    public void List_keeps_every_key_on_one_line()
    {
        _call.With(["put", "user/1", "two\nlines\tand a \\", .. At]);
        _call.With(["put", "user/2", "ünïcode", .. At]);
        _call.With(["put", "other", "x", .. At]);

        var called = _call.With(["list", "user/", .. At]);

        Assert.Equal("user/1\ttwo\\nlines\\tand a \\\\\nuser/2\tünïcode\n", called.Out);
        Assert.Equal("2 keys\n", called.Error);
    }

    [Fact]
    public void List_without_a_prefix_lists_all()
    {
        _call.With(["put", "a", "1", .. At]);

        Assert.Equal("a\t1\n", _call.With(["list", .. At]).Out);
    }

    [Fact]
    public void What_is_not_text_is_escaped_in_a_list()
    {
        _call.Input = [(byte)'a', 0xff, 0x1b];
        _call.With(["put", "k", "-", .. At]);

        Assert.Equal("k\ta\\xff\\u001b\n", _call.With(["list", .. At]).Out);
    }

    [Fact]
    public void An_unknown_outcome_is_status_3()
    {
        _call.Cluster.Failure = new OutcomeUnknownException("It may have been applied.");

        var called = _call.With(["put", "k", "v", .. At]);

        Assert.Equal((3, "", "raftakka: It may have been applied.\n"), (called.Status, called.Out, called.Error));
    }

    [Fact]
    public void A_refusal_is_status_1()
    {
        _call.Cluster.Failure = new CommandNotAppliedException("Too large.");
        Assert.Equal(1, _call.With(["put", "k", "v", .. At]).Status);

        _call.Cluster.Failure = new QueryFailedException("Refused.");
        Assert.Equal(1, _call.With(["get", "k", .. At]).Status);
    }

    [Fact]
    public void A_bug_is_not_hidden_behind_an_exit_status()
    {
        _call.Cluster.Failure = new InvalidOperationException("a bug");

        Assert.Throws<InvalidOperationException>(() => _call.With(["get", "k", .. At]));
    }

    [Theory]
    [InlineData("@file")]
    [InlineData("[suggest]")]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("with \"quotes\"")]
    public void A_value_is_taken_as_it_is(string value)
    {
        Assert.Equal(0, _call.With(["put", "k", value, .. At]).Status);
        Assert.Equal(value, _call.With(["get", "k", .. At]).Out);
    }

    [Fact]
    public void A_value_that_looks_like_an_option_stands_behind_two_dashes()
    {
        Assert.Equal(0, _call.With([.. new[] { "put" }, .. At, "--", "k", "--json"]).Status);
        Assert.Equal("--json", _call.With(["get", "k", .. At]).Out);
    }

    [Fact]
    public void Json_brings_one_document_on_one_line()
    {
        Assert.Equal("{\"key\":\"k\",\"revision\":1}\n", _call.With(["put", "k", "v\n", "--json", .. At]).Out);
        Assert.Equal(
            "{\"found\":true,\"key\":\"k\",\"value\":\"v\\n\",\"createRevision\":1,\"modRevision\":1,\"version\":1}\n",
            _call.With(["get", "k", "--json", .. At]).Out);
        Assert.Equal(
            "{\"swapped\":false,\"key\":\"k\"}\n", _call.With(["cas", "k", "x", "y", "--json", .. At]).Out);
        Assert.Equal(
            "{\"prefix\":\"\",\"entries\":[{\"key\":\"k\",\"value\":\"v\\n\",\"createRevision\":1,\"modRevision\":1,"
            + "\"version\":1}]}\n",
            _call.With(["list", "--json", .. At]).Out);
        Assert.Equal("{\"found\":true,\"key\":\"k\",\"revision\":2}\n", _call.With(["del", "k", "--json", .. At]).Out);
    }

    [Fact]
    public void Json_tells_of_an_absent_key_and_still_fails()
    {
        var called = _call.With(["get", "k", "--json", .. At]);

        Assert.Equal((1, "{\"found\":false,\"key\":\"k\"}\n", ""), (called.Status, called.Out, called.Error));
    }

    [Fact]
    public void Json_has_what_is_not_text_in_base_64()
    {
        _call.Input = [0xff];
        _call.With(["put", "k", "-", .. At]);

        Assert.Contains("\"valueBase64\":\"/w==\"", _call.With(["get", "k", "--json", .. At]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_target_is_what_the_options_say()
    {
        _call.With("get", "k", "--seed", "one:1", "--seed", "[::1]:2", "--cluster", "mine", "--timeout", "500ms");

        Assert.Equal(["one:1", "[::1]:2"], _call.Target!.Seeds);
        Assert.Equal("mine", _call.Target.Cluster?.Value);
        Assert.Equal(TimeSpan.FromMilliseconds(500), _call.Target.Timeout);

        _call.With("get", "k", "--config", "client.conf");
        Assert.Equal(("client.conf", null, null), (_call.Target.ConfigFile, _call.Target.Cluster, _call.Target.Timeout));
        Assert.Empty(_call.Target.Seeds);
    }

    [Theory]
    [InlineData("get", "k")]
    [InlineData("list", "k")]
    public void Reads_say_what_they_promise_and_who_is_asked(params string[] verb)
    {
        _call.With([.. verb, .. At]);
        Assert.Equal((ReadConsistency.Linearizable, null), (_call.Target!.Consistency, _call.Target.ReadFrom));

        _call.With([.. verb, .. At, "--consistency", "stale", "--from", "any"]);
        Assert.Equal((ReadConsistency.Stale, ReadFrom.Any), (_call.Target.Consistency, _call.Target.ReadFrom));

        _call.With([.. verb, .. At, "--consistency", "linearizable", "--from", "leader"]);
        Assert.Equal((ReadConsistency.Linearizable, ReadFrom.Leader), (_call.Target.Consistency, _call.Target.ReadFrom));
    }

    [Fact]
    public void The_help_says_what_reads_promise()
    {
        var help = _call.With("get", "--help").Out;

        Assert.Contains("--consistency <linearizable|stale>", help, StringComparison.Ordinal);
        Assert.Contains("--from <leader|any>", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_sent_as_utf_8()
    {
        _call.With(["put", "schlüssel", "v", .. At]);

        Assert.NotNull(await _call.Cluster.GetAsync(Encoding.UTF8.GetBytes("schlüssel"), default));
    }
}
