using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Wire;

/// <summary>Where messages to other servers go: to where they are said to be, or to where they spoke from since.</summary>
public sealed class RemotePeersTests : TwoSystems
{
    private const string NobodyThere = "127.0.0.1:1";
    private static readonly ServerId Bea = new("bea");
    private static readonly ServerId Cid = new("cid");

    private readonly RemotePeers _peers;
    private readonly Akka.TestKit.TestProbe _server;

    public RemotePeersTests() : base(ReferenceConfig.Default)
    {
        _server = CreateTestProbe(Node);
        var server = _server.Ref;
        Node.ActorOf(Props.Create(() => new Place(server)), "raft");
        _peers = new RemotePeers(Sys, new RaftNodeSettings
        {
            Cluster = new ClusterId("orders"), Server = new ServerId("ann"), DataDirectory = "nowhere",
            Members = [new MemberAddress(Bea, NobodyThere)],
        });
    }

    [Fact]
    public void A_server_that_speaks_from_another_place_than_is_known_is_answered_there()
    {
        Assert.True(_peers.CanAnswer(Bea, Receiver));

        _peers.Tell(Bea, Notice(1), TestActor);

        Assert.Equal(new Term(1), _server.ExpectMsg<RemovalNotice>().Header.Term);
    }

    [Fact]
    public void A_server_that_nobody_told_of_is_answered_where_it_spoke_from()
    {
        _peers.Tell(Cid, Notice(1), TestActor);
        Assert.True(_peers.CanAnswer(Cid, Receiver));

        _peers.Tell(Cid, Notice(2), TestActor);

        Assert.Equal(new Term(2), _server.ExpectMsg<RemovalNotice>().Header.Term);
    }

    [Fact]
    public void A_server_that_is_said_to_have_moved_is_looked_for_there_until_it_speaks()
    {
        _peers.CanAnswer(Bea, Receiver);
        _peers.Know(Bea, "127.0.0.1:2");
        _peers.Tell(Bea, Notice(1), TestActor);

        _peers.CanAnswer(Bea, Receiver);   // And speaks again.
        _peers.Tell(Bea, Notice(2), TestActor);

        Assert.Equal(new Term(2), _server.ExpectMsg<RemovalNotice>().Header.Term);
    }

    [Fact]
    public void Only_so_many_that_nobody_told_of_are_answered()
    {
        for (var n = 0; n < 64; n++) Assert.True(_peers.CanAnswer(new ServerId($"stranger-{n}"), Receiver));

        Assert.False(_peers.CanAnswer(new ServerId("one-more"), Receiver));
        Assert.True(_peers.CanAnswer(new ServerId("stranger-7"), Receiver));
        Assert.True(_peers.CanAnswer(Bea, Receiver));
    }

    private static RemovalNotice Notice(int term) =>
        new(new MessageHeader(new ClusterId("orders"), new GroupName("raft"), new ServerId("ann"), new Term(term)));

    private sealed class Place : UntypedActor
    {
        public Place(IActorRef server) => Context.ActorOf(Props.Create(() => new Passing(server)), RaftNode.ServerName);

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Passing(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message, Sender);
    }
}
