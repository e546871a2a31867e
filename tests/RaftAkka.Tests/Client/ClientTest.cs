using System.Text;
using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>A client's actor among three servers, <c>n1</c> to <c>n3</c>, which the test plays.</summary>
public abstract class ClientTest : StillTestKit, IServers
{
    private readonly Dictionary<string, PlayedServer> _servers = [];
    private readonly Dictionary<string, TestProbe> _elsewhere = [];

    protected ClientTest()
    {
        N1 = new PlayedServer(this, "n1", "h1:1");
        N2 = new PlayedServer(this, "n2", "h2:2");
        N3 = new PlayedServer(this, "n3", "h3:3");
        foreach (var server in Servers) _servers.Add(server.Address, server);
        Settings = new RaftClientSettings { Cluster = new ClusterId("orders"), Seeds = ["h1:1"] };
    }

    internal RaftClientSettings Settings { get; set; }

    internal PlayedServer N1 { get; }

    internal PlayedServer N2 { get; }

    internal PlayedServer N3 { get; }

    internal PlayedServer[] Servers => [N1, N2, N3];

    internal IActorRef Client { get; private set; } = ActorRefs.Nobody;

    internal ClientDoor Door { get; } = new();

    internal ClusterView View(int term, PlayedServer? leader) => new(
        new Term(term),
        leader?.Id,
        [.. Servers.Select(server => new MemberAddress(server.Id, server.Address))]);

    ICanTell IServers.At(string address)
    {
        if (_servers.TryGetValue(address, out var server)) return server.Door.Ref;
        if (!_elsewhere.TryGetValue(address, out var probe)) _elsewhere[address] = probe = CreateTestProbe();
        return probe.Ref;
    }

    internal IActorRef StartClient() =>
        Client = Start(RaftClientActor.Props(Settings, this, "ann", new Random(7), Tokens.InOrder(), Door), "client");

    /// <summary>A client that has found n1 to lead in term 1.</summary>
    internal void StartClientWithLeader()
    {
        StartClient();
        N1.ExpectConnect();
        N1.Takes(View(term: 1, leader: N1));
    }

    /// <summary>The same, with session 10.</summary>
    internal void StartClientWithSession()
    {
        StartClientWithLeader();
        var first = Call("first");
        N1.Registers(session: 10);
        N1.AnswersDone(N1.ExpectCommands());
        Assert.True(first.Outcome.IsCompletedSuccessfully);
    }

    internal ClientCall Call(string body, double seconds = 10) => Tell(ClientCallKind.Command, body, seconds);

    internal ClientCall Query(string body, double seconds = 10) => Tell(ClientCallKind.Query, body, seconds);

    /// <summary>Several calls that meet in the client's mailbox, so that they leave together.</summary>
    internal ClientCall[] CallTogether(params string[] bodies)
    {
        ClientCall[] calls =
            [.. bodies.Select(body => new ClientCall(ClientCallKind.Command, Bytes(body), Seconds(10)))];
        Together(calls);
        return calls;
    }

    internal void QueryTogether(params string[] bodies) =>
        Together([.. bodies.Select(body => new ClientCall(ClientCallKind.Query, Bytes(body), Seconds(10)))]);

    internal void Together(params ClientCall[] calls)
    {
        var door = new SilentKnock();
        foreach (var call in calls) Door.Submit(call, door);
        Client.Tell(Knock.Instance);
    }

    internal static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    internal static void AssertWaits(ClientCall call) => Assert.False(call.Outcome.IsCompleted);

    internal static void AssertResult(string expected, ClientCall call)
    {
        Assert.True(call.Outcome.IsCompletedSuccessfully, call.Outcome.Exception?.ToString() ?? "it waits");
        Assert.Equal(expected, Text(call.Outcome.Result));
    }

    internal static T AssertFails<T>(ClientCall call) where T : Exception
    {
        Assert.True(call.Outcome.IsFaulted, "it did not fail");
        return Assert.IsType<T>(call.Outcome.Exception!.InnerException);
    }

    private ClientCall Tell(ClientCallKind kind, string body, double seconds)
    {
        var call = new ClientCall(kind, Bytes(body), Seconds(seconds));
        Client.Tell(call);
        return call;
    }

    private sealed class SilentKnock : MinimalActorRef
    {
        public override ActorPath Path => ActorRefs.Nobody.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
