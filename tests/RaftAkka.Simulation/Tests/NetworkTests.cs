using Akka.Actor;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Network;
using Xunit;
using static RaftAkka.Simulation.Tests.ToyHosts;

namespace RaftAkka.Simulation.Tests;

public sealed class NetworkTests
{
    private readonly Loop _loop = new(seed: 1);
    private readonly NetworkModel _network;
    private readonly Remoting _remoting;
    private readonly Dictionary<string, Host> _hosts = [];
    private readonly Dictionary<string, IActorRef> _actors = [];
    private readonly List<string> _heard = [];

    public NetworkTests()
    {
        _network = new NetworkModel(_loop);
        _remoting = new Remoting(_network);
        foreach (var name in new[] { "ann", "bea", "cid" })
        {
            _hosts[name] = new Host(_loop, name);
            _actors[name] = _hosts[name].Start(name, (_, message) => _heard.Add($"{name}: {message}"));
        }
    }

    [Fact]
    public void A_calm_network_delivers_everything_once_and_in_order()
    {
        for (var number = 1; number <= 50; number++) Send("ann", "bea", number);
        _loop.RunFor(Ms(100));

        Assert.Equal(Enumerable.Range(1, 50).Select(number => $"bea: {number}"), _heard);
    }

    [Fact]
    public void A_lossy_network_loses_about_as_many_as_it_says()
    {
        _network.Faults.DropRate = 0.3;
        for (var number = 1; number <= 1000; number++) Send("ann", "bea", number);
        _loop.RunFor(Ms(100));

        Assert.InRange(_heard.Count, 600, 800);
        Assert.Equal(1000 - _heard.Count, _network.Counts.Lost);
    }

    [Fact]
    public void A_network_that_repeats_and_reorders_still_delivers_each()
    {
        (_network.Faults.DuplicateRate, _network.Faults.ReorderRate) = (0.2, 0.2);
        for (var number = 1; number <= 100; number++) Send("ann", "bea", number);
        _loop.RunFor(Ms(100));

        Assert.Equal(100, _heard.Distinct().Count());
        Assert.True(_heard.Count > 100);
        Assert.NotEqual(Enumerable.Range(1, 100).Select(number => $"bea: {number}"), _heard.Distinct());
    }

    [Fact]
    public void A_split_separates_its_groups_and_nothing_else()
    {
        _network.Split(["ann", "bea"], ["cid"]);
        Send("ann", "bea", 1);
        Send("ann", "cid", 2);
        Send("cid", "bea", 3);
        _loop.RunFor(Ms(100));
        Assert.Equal(["bea: 1"], _heard);

        _network.MendAll();
        Send("ann", "cid", 4);
        _loop.RunFor(Ms(100));
        Assert.Equal(["bea: 1", "cid: 4"], _heard);
    }

    [Fact]
    public void A_link_may_be_cut_in_one_direction()
    {
        _network.Cut("ann", "bea");
        Send("ann", "bea", 1);
        Send("bea", "ann", 2);
        _loop.RunFor(Ms(100));

        Assert.Equal(["ann: 2"], _heard);
    }

    [Fact]
    public void The_receiver_sees_a_sender_to_whom_it_can_reply()
    {
        IActorRef? seen = null;
        var echo = _hosts["bea"].Start("echo", (context, message) =>
        {
            seen = context.Sender;
            context.Sender.Tell($"{message} to you");
        });
        _hosts["ann"].Run(() => _remoting.See(_hosts["ann"], _hosts["bea"], echo).Tell("hello", _actors["ann"]));
        _loop.RunFor(Ms(100));

        Assert.Equal(["ann: hello to you"], _heard);
        Assert.Same(seen, _remoting.See(_hosts["bea"], _hosts["ann"], _actors["ann"]));
        Assert.Equal("akka.tcp://raftakka@ann:4053/user/ann", seen!.Path.ToString());
    }

    [Fact]
    public void A_reply_from_an_actor_to_its_own_host_comes_from_the_actor_itself()
    {
        IActorRef? sender = null;
        var asker = _hosts["ann"].Start("asker", (context, _) => sender = context.Sender);
        var relay = _hosts["bea"].Start("relay", (context, message) => context.Sender.Tell(message, context.Sender));
        _hosts["ann"].Run(() => _remoting.See(_hosts["ann"], _hosts["bea"], relay).Tell("hello", asker));
        _loop.RunFor(Ms(100));

        Assert.Same(asker, sender);
    }

    [Fact]
    public void What_is_sent_to_a_dead_host_is_lost_and_what_the_dead_had_sent_arrives()
    {
        Send("ann", "bea", 1);
        Send("bea", "cid", 2);
        _hosts["bea"].Kill();
        _loop.RunFor(Ms(100));

        Assert.Equal(["cid: 2"], _heard);
    }

    [Fact]
    public void What_a_paused_host_gets_it_handles_when_it_wakes()
    {
        _hosts["bea"].Pause();
        Send("ann", "bea", 1);
        Send("ann", "bea", 2);
        _loop.RunFor(Ms(100));
        Assert.Empty(_heard);

        _hosts["bea"].Resume();
        _loop.RunFor(Ms(1));
        Assert.Equal(["bea: 1", "bea: 2"], _heard);
    }

    [Fact]
    public void A_message_that_a_turn_sends_after_a_stall_leaves_after_it_and_dies_with_the_host()
    {
        var bea = _remoting.See(_hosts["ann"], _hosts["bea"], _actors["bea"]);
        var slow = _hosts["ann"].Start("slow", (_, message) =>
        {
            bea.Tell($"{message} early");
            _hosts["ann"].Stall(Ms(50));
            bea.Tell($"{message} late");
        });
        _hosts["ann"].Tell(slow, 1);
        _loop.RunFor(Ms(40));
        Assert.Equal(["bea: 1 early"], _heard);

        _loop.RunFor(Ms(40));
        Assert.Equal(["bea: 1 early", "bea: 1 late"], _heard);

        _hosts["ann"].Tell(slow, 2);
        _loop.RunFor(Ms(40));
        _hosts["ann"].Kill();
        _loop.RunFor(Ms(40));
        Assert.Equal(["bea: 1 early", "bea: 1 late", "bea: 2 early"], _heard);
    }

    private void Send(string from, string to, object message) => _hosts[from].Run(() =>
        _remoting.See(_hosts[from], _hosts[to], _actors[to]).Tell(message, _actors[from]));
}
