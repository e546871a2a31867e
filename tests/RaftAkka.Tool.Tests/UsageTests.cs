using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class UsageTests
{
    private readonly Calling _call = new();

    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("nonsense", "'nonsense'")]
    [InlineData("get", "'KEY'")]
    [InlineData("put k --seed h:1", "'VALUE'")]
    [InlineData("get k", "by --seed HOST:PORT, once or more often, or by --config FILE")]
    [InlineData("get k extra --seed h:1", "'extra'")]
    [InlineData("get k --sed h:1", "'--sed'")]
    [InlineData("get k --seed nothing", "'nothing' is no address of a server: it has no port")]
    [InlineData("get k --seed h:0", "'h:0' is no address of a server")]
    [InlineData("get k --seed h:65536", "'h:65536' is no address")]
    [InlineData("get k --seed :1", "':1' is no address")]
    [InlineData("get k --seed h:1 --timeout soon", "'soon' is no time")]
    [InlineData("get k --seed h:1 --timeout 0", "'0' is no time")]
    [InlineData("get k --seed h:1 --cluster a/b", "cannot be a cluster id")]
    [InlineData("get k --seed h:1 --consistency lease", "'lease' is not one of these: it takes linearizable or stale.")]
    [InlineData("list --seed h:1 --from n1", "'n1' is not one of these: it takes leader or any.")]
    [InlineData("put k v --seed h:1 --from any", "'--from'")]
    [InlineData("put k --ttl v --seed h:1", "unknown option '--ttl'. Nothing was done. A key or value that begins with a dash goes")]
    [InlineData("put --seed h:1 --ttl 5", "unknown option '--ttl'.")]
    [InlineData("get --consistancy stale a --seed h:1", "unknown option '--consistancy'. Did you mean '--consistency'?")]
    [InlineData("get --bogus", "unknown option '--bogus'.")]
    [InlineData("put k -x --seed h:1", "unknown option '-x'.")]
    [InlineData("put k --ttl=5 --seed h:1", "unknown option '--ttl'.")]
    [InlineData("member add n1 h:1 --timout 4s --seed h:1", "unknown option '--timout'. Did you mean '--timeout'?")]
    [InlineData("member add n1 0.0.0.0:1 --seed h:1", "is no address that others can reach")]
    [InlineData("member update n1 [fe80::1%lo]:1 --seed h:1", "has a scope")]
    [InlineData("backup --forec f --seed h:1", "unknown option '--forec'. Did you mean '--force'?")]
    [InlineData("inspect --jsno d", "unknown option '--jsno'. Did you mean '--json'?")]
    [InlineData("node f --listen x", "'x' is no address to listen on: it has no port")]
    [InlineData("node", "'FILE.conf'")]
    [InlineData("node f --port x", "'x' is no port")]
    [InlineData("node f --port -1", "'-1' is no port")]
    [InlineData("node f --id a/b", "cannot be a server id")]
    [InlineData("member", "Required command was not provided")]
    [InlineData("member add n1 --seed h:1", "'HOST:PORT'")]
    [InlineData("member add n1 nowhere --seed h:1", "'nowhere' is no address of a server: it has no port")]
    [InlineData("member remove a/b --seed h:1", "cannot be a server id")]
    [InlineData("member list", "by --seed HOST:PORT")]
    [InlineData("inspect", "'DIR'")]
    [InlineData("backup --seed h:1", "'FILE'")]
    [InlineData("backup f", "by --seed HOST:PORT")]
    [InlineData("restore f --data d --id n1", "'--cluster'")]
    [InlineData("restore f --cluster c --id n1", "'--data'")]
    [InlineData("restore f --data d --cluster c --id a/b", "cannot be a server id")]
    [InlineData("up --nodes 0", "'0' servers")]
    [InlineData("up --nodes 10", "'10' servers")]
    [InlineData("up --nodes x", "'x' servers")]
    [InlineData("up 3", "'3'")]
    public void A_wrong_command_line_is_status_2_and_says_what_is_wrong(string line, string complaint)
    {
        var called = _call.With(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (called.Status, called.Out));
        Assert.Contains(complaint, called.Error, StringComparison.Ordinal);
        Assert.StartsWith("raftakka: ", called.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", called.Error, StringComparison.Ordinal);
        Assert.Null(_call.Target);
        Assert.Null(_call.Node);
        Assert.Null(_call.Up);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("node")]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("del")]
    [InlineData("cas")]
    [InlineData("list")]
    [InlineData("status")]
    [InlineData("bench")]
    [InlineData("snapshot")]
    [InlineData("inspect")]
    [InlineData("backup")]
    [InlineData("restore")]
    public void Every_verb_has_help_with_an_example(string verb)
    {
        var called = _call.With(verb, "--help");

        Assert.Equal(0, called.Status);
        Assert.Contains("Example", called.Out, StringComparison.Ordinal);
        Assert.Contains($"  raftakka {verb}", called.Out, StringComparison.Ordinal);
        Assert.Equal("", called.Error);
    }

    [Fact]
    public void The_help_lists_all_verbs()
    {
        var called = _call.With("--help");

        Assert.All(
            ["up", "node", "put", "get", "del", "cas", "list", "status", "bench"],
            verb => Assert.Contains($"\n  {verb} ", called.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("stop-on-stdin-eof", _call.With("node", "--help").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Node_is_run_with_what_the_options_say()
    {
        _call.With("node", "n.conf", "--id", "n2", "--port", "4055", "--data", "/d", "--verbose", "--stop-on-stdin-eof");

        Assert.Equal(new Node.NodeArguments("n.conf", new("n2"), 4055, "/d", Verbose: true, StopOnInputEnd: true), _call.Node);

        _call.With("node", "n.conf");
        Assert.Equal(new Node.NodeArguments("n.conf", null, null, null, Verbose: false, StopOnInputEnd: false), _call.Node);
    }

    [Fact]
    public void Up_is_run_with_what_the_options_say()
    {
        _call.With("up");
        Assert.Equal(new Up.UpArguments(null, "raftakka-data"), _call.Up);

        _call.With("up", "--nodes", "5", "--dir", "/tmp/x");
        Assert.Equal(new Up.UpArguments(5, "/tmp/x"), _call.Up);
    }

    [Theory]
    [InlineData("put --seed h:1 -- --ttl 5", "--ttl")]
    [InlineData("put --seed h:1 -5 -0.5", "-5")]
    public void A_key_that_begins_with_a_dash_goes_behind_two_of_them_and_a_number_as_it_is(string line, string key)
    {
        Assert.Equal(0, _call.With(line.Split(' ')).Status);
        Assert.Equal(0, _call.With("get", "--seed", "h:1", "--", key).Status);
    }

    [Fact]
    public void A_value_of_an_option_may_begin_with_a_dash() =>
        Assert.Equal(0, _call.With("backup", "--server", "-n1", "--seed", "h:1", "f").Status);

    [Fact]
    public void Node_listens_where_the_command_line_says()
    {
        _call.With("node", "n.conf", "--listen", "0.0.0.0:5000");

        Assert.Equal("0.0.0.0:5000", _call.Node?.Listen);
    }
}
