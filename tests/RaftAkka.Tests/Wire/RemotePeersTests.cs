using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;
using Xunit;

namespace RaftAkka.Tests.Wire;

/// <summary>Messages to another server go to where it is said to be, whoever sends under its name and from where.</summary>
public sealed class RemotePeersTests : TwoSystems
{
    private const string NobodyThere = "127.0.0.1:1";
    private static readonly ServerId Bea = new("bea");

    private readonly RemotePeers _peers;
    private readonly Akka.TestKit.TestProbe _server;

    public RemotePeersTests() : base(ReferenceConfig.Default)
    {
        _server = CreateTestProbe(Node);
        var server = _server.Ref;
        var place = Node.ActorOf(Props.Create(() => new Place(server)), "raft");
        _server.Send(place, new Identify(null));   // Its child is there once it answers; a path that leads nowhere stays so.
        _server.ExpectMsg<ActorIdentity>();
        _peers = new RemotePeers(Node, new GroupName("raft"));
    }

    private string Here => $"{Receiver.Path.Address.Host}:{Receiver.Path.Address.Port}";

    [Fact]
    public void A_server_is_reached_at_the_address_that_is_known_last()
    {
        _peers.Know(Bea, NobodyThere);
        _peers.Know(Bea, Here);

        _peers.Tell(Bea, Notice(1), TestActor);

        Assert.Equal(new Term(1), _server.ExpectMsg<RemovalNotice>().Header.Term);
    }

    [Fact]
    public void A_sender_is_at_its_own_address_and_at_no_other()
    {
        Assert.True(_peers.IsAt(Here, Receiver));
        Assert.False(_peers.IsAt(NobodyThere, Receiver));
        Assert.False(_peers.IsAt(Here, ActorRefs.NoSender ?? ActorRefs.Nobody));
    }

    [Fact]
    public void A_message_is_answered_where_it_came_from_and_that_is_not_kept()
    {
        _peers.Know(Bea, NobodyThere);

        _peers.Answer(Receiver, Notice(1), TestActor);
        _peers.Tell(Bea, Notice(2), TestActor);
        _peers.Answer(Receiver, Notice(3), TestActor);

        Assert.Equal(new Term(1), _server.ExpectMsg<RemovalNotice>().Header.Term);
        Assert.Equal(new Term(3), _server.ExpectMsg<RemovalNotice>().Header.Term);
    }

    [Theory]
    [InlineData("Node-1.example:4053", "node-1.EXAMPLE:4053", true)]
    [InlineData("[::1]:4053", "[0:0:0:0:0:0:0:1]:4053", true)]
    [InlineData("[::ffff:10.0.0.1]:4053", "10.0.0.1:4053", true)]
    [InlineData("10.0.0.1:4053", "10.0.0.1:4054", false)]
    [InlineData("10.0.0.1:4053", "10.0.0.2:4053", false)]
    [InlineData("node-1:4053", "node-2:4053", false)]
    public void An_address_is_the_same_however_it_is_written(string one, string other, bool areSame) => Assert.Equal(
        areSame, MemberAddresses.AreSame(MemberAddresses.ToAkka(one, "raft"), MemberAddresses.ToAkka(other, "raft")));

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
