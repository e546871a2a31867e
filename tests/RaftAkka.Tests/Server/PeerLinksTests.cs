using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Server;

public sealed class PeerLinksTests : StillTestKit
{
    private static readonly MemberAddress Ann = new(new ServerId("ann"), "10.0.0.1:7000");
    private static readonly MemberAddress Bea = new(new ServerId("bea"), "10.0.0.2:7000");
    private static readonly MemberAddress Cora = new(new ServerId("cora"), "10.0.0.3:7000");

    private readonly TestProbe _peers;
    private readonly List<string> _asked = [];

    public PeerLinksTests() => _peers = CreateTestProbe();

    [Fact]
    public void A_server_that_starts_connects_to_all_others()
    {
        StartLinks();

        Assert.Equal(["akka.tcp://test@10.0.0.2:7000/user/raft", "akka.tcp://test@10.0.0.3:7000/user/raft"], _asked);
    }

    [Fact]
    public void A_connection_that_broke_is_made_again_within_the_interval()
    {
        StartLinks();
        _asked.Clear();

        Pass(PeerLinks.Interval - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_asked);
        Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public void Others_that_join_are_connected_to_and_a_new_leader_changes_nothing()
    {
        var links = StartLinks();
        _asked.Clear();

        links.Tell(new ViewChanged(new ClusterView(new Term(2), Bea.Server, [Ann, Bea, Cora])));
        Assert.Empty(_asked);

        var dora = new MemberAddress(new ServerId("dora"), "10.0.0.4:7000");
        links.Tell(new ViewChanged(new ClusterView(new Term(2), Bea.Server, [Ann, Bea, dora])));

        Assert.Equal(["akka.tcp://test@10.0.0.2:7000/user/raft", "akka.tcp://test@10.0.0.4:7000/user/raft"], _asked);
    }

    [Fact]
    public void A_server_that_falls_silent_is_one_line_and_its_return_is_one_more()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var links = StartLinks(ActorRefs.Nobody);   // A probe would answer by itself.
        void Answer(MemberAddress member) => links.Tell(new ActorIdentity(null, NodeOf(member)));

        for (var i = 0; i < 3; i++)
        {
            Answer(Bea);
            Pass(PeerLinks.Interval);
        }

        Assert.Equal(
            "raft ann: cora (10.0.0.3:7000) has not answered for 10 s: no word of why. It is asked again every 5 s; there is one more "
                + "line when it answers.",
            warnings.ExpectMsg<Warning>().Message.ToString());

        links.Tell(new PeerUnreachable(Bea.Server, "Connection refused"));
        for (var i = 0; i < 6; i++) Pass(PeerLinks.Interval);
        Assert.Contains(
            "bea (10.0.0.2:7000) has not answered for 10 s: Connection refused.",
            warnings.ExpectMsg<Warning>().Message.ToString()!, StringComparison.Ordinal);
        Assert.False(warnings.HasMessages);

        Answer(Bea);
        Answer(Bea);
        Assert.Equal(
            "raft ann: bea (10.0.0.2:7000) answers again, after 35 s.",
            warnings.ExpectMsg<Warning>().Message.ToString());
        Assert.False(warnings.HasMessages);
    }

    [Fact]
    public void A_process_without_the_group_and_a_stranger_do_not_answer()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var links = StartLinks(ActorRefs.Nobody);

        for (var i = 0; i < 3; i++)
        {
            links.Tell(new ActorIdentity(null, null));
            links.Tell(new ActorIdentity(null, ActorRefs.Nobody));   // As dead letters answer.
            links.Tell(new ActorIdentity(null, NodeOf(new MemberAddress(new ServerId("zoe"), "10.0.0.9:7000"))));
            Pass(PeerLinks.Interval);
        }

        warnings.ExpectMsg<Warning>();
        warnings.ExpectMsg<Warning>();
        Assert.False(warnings.HasMessages);
    }

    [Theory]
    [InlineData("Cannot connect to akka.tcp://a@h:1: Connection refused", "Connection refused")]
    [InlineData("something else.", "something else")]
    public void The_reason_is_what_the_transport_said_without_the_address(string message, string reason) => Assert.Equal(
        reason, PeerLinks.ReasonOf(new InvalidOperationException("outside", new InvalidOperationException(message))));

    private static Elsewhere NodeOf(MemberAddress member) =>
        new(MemberAddresses.NodeAt(MemberAddresses.ToAkka(member.Address, "test"), new GroupName("raft")));

    private IActorRef StartLinks(IActorRef? others = null)
    {
        var settings = new RaftNodeSettings
        {
            Cluster = new ClusterId("test"),
            Server = Ann.Server,
            Members = [Ann, Bea, Cora],
            DataDirectory = "nowhere",
        };
        return Start(PeerLinks.Props(settings, (_, path) =>
        {
            _asked.Add(path.ToString());
            return others ?? _peers;
        }));
    }
}

/// <summary>An actor of another system.</summary>
internal sealed class Elsewhere(ActorPath path) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => throw new NotSupportedException("nothing is resolved here");
}

/// <summary>Two systems over Akka.Remote, as untrusted as nodes are.</summary>
public sealed class PeerLinksOverRemotingTests() : TestKit(Remoting)
{
    private const string Remoting =
        """
        akka.loglevel = WARNING
        akka.actor.provider = remote
        akka.remote.untrusted-mode = on
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    private ActorSystem? _other;

    [Fact]
    public void The_question_connects_two_servers_that_have_nothing_else_to_say()
    {
        _other = ActorSystem.Create(Sys.Name, ConfigurationFactory.ParseString(Remoting));
        var there = ((ExtendedActorSystem)_other).Provider.DefaultAddress;
        Sys.EventStream.Subscribe(TestActor, typeof(AssociatedEvent));
        _other.ActorOf(Props.Create(() => new Silent()), "raft");

        Sys.ActorOf(PeerLinks.Props(new RaftNodeSettings
        {
            Cluster = new ClusterId("test"),
            Server = new ServerId("ann"),
            Members = [new MemberAddress(new ServerId("bea"), $"127.0.0.1:{there.Port}")],
            DataDirectory = "nowhere",
        }));

        Assert.Equal(there, ExpectMsg<AssociatedEvent>(TimeSpan.FromSeconds(30)).RemoteAddress);
    }

    protected override void AfterAll()
    {
        _other?.Terminate().Wait();
        base.AfterAll();
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
