using Akka.Actor;
using Akka.Remote;
using Akka.TestKit;
using RaftAkka.Protocol;
using RaftAkka.Sessions;
using RaftAkka.Tests.Support;

namespace RaftAkka.Tests.Sessions;

/// <summary>The <c>sessions</c> actor of server n1, whose Raft server and clients the test plays.</summary>
public abstract class SessionTest : StillTestKit
{
    protected static readonly ClusterId Cluster = new("orders");
    protected static readonly GroupName Group = new("raft");
    protected static readonly ServerId N1 = new("n1");
    protected static readonly SessionToken Token = new(7, 8);

    protected SessionTest()
    {
        Server = CreateTestProbe("server");
        Ann = CreateTestProbe("ann");
        Settings = new RaftNodeSettings
        {
            Cluster = Cluster,
            Group = Group,
            Server = N1,
            Members = [new MemberAddress(N1, "h1:1")],
            DataDirectory = "unused",
        };
    }

    protected RaftNodeSettings Settings { get; set; }

    protected TestProbe Server { get; }

    protected TestProbe Ann { get; }

    protected IActorRef Sessions { get; private set; } = ActorRefs.Nobody;

    protected static ClusterView LedBy(string leader, int term) =>
        new(new Term(term), new ServerId(leader), [new MemberAddress(N1, "h1:1")]);

    protected void StartSessions() =>
        Sessions = Start(ClientSessions.Props(Settings, Server.Ref), "sessions");

    /// <summary>Introduces a client; returns its session actor.</summary>
    protected IActorRef Connect(TestProbe client, string name = "ann")
    {
        Sessions.Tell(new ConnectClient(Cluster, Group, name), client.Ref);
        client.ExpectMsg<ClientConnected>();
        return client.LastSender;
    }

    protected IActorRef StartSession()
    {
        StartSessions();
        return Connect(Ann);
    }

    protected static ReadOnlyMemory<byte> Payload(int bodyBytes = 5) => CommandBatch.Encode(
        new SessionId(10, Token), default, [new Command(new SequenceNumber(1), new byte[bodyBytes])]);

    protected static DisassociatedEvent Disassociated(Address remote) =>
        new(new Address("akka.tcp", "raftakka", "h1", 1), remote, inbound: true);
}
