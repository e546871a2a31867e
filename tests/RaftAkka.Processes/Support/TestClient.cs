using Akka.Actor;
using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.Hosting;
using RaftAkka.KeyValue;

namespace RaftAkka.Processes.Support;

/// <summary>A client in an actor system of its own, in the test's process.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    // Longer than any fault of these tests lasts: what is not acknowledged by then never will be.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Akka = """
        akka {
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          stdout-loglevel = OFF
          loglevel = OFF
        }
        """;

    private readonly ActorSystem _system = ActorSystem.Create(
        "test-client", ConfigurationFactory.ParseString(Akka).WithFallback(ReferenceConfig.Default));
    private readonly RaftClientSettings _settings;

    public TestClient(string clientFile, Func<RaftClientSettings, RaftClientSettings>? change = null)
    {
        _settings = RaftConfigFile.Load(clientFile).ClientSettings() with { Timeout = Patience };
        if (change is not null) _settings = change(_settings);
        Raft = RaftClient.Start(_system, _settings);
        Keys = new KeyValueClient(Raft);
    }

    public RaftClient Raft { get; }

    public KeyValueClient Keys { get; }

    /// <summary>Waits until there is a leader whom a majority follows, and no second one; names it.</summary>
    public async Task<string> LeaderAsync()
    {
        var status = await Within.Eventually(
            "a leader that a majority follows", () => Raft.StatusAsync(), status => status.HasQuorum);
        return status.Leader!.Value.Value;
    }

    /// <summary>Waits until all servers answer and say the same of who leads.</summary>
    public Task<ClusterStatus> SettledAsync() => Within.Eventually(
        "every server answers and follows one leader", () => Raft.StatusAsync(),
        status => status.HasQuorum && status.Servers.All(server => server.Status?.View.Leader == status.Leader));

    /// <summary>Connects to one server alone.</summary>
    public async Task<RawReader> AskAloneAsync(string server)
    {
        var status = await Raft.StatusAsync();
        var address = status.Servers.Single(member => member.Server?.Value == server).Address;
        return await RawReader.ConnectAsync(_system, _settings, address);
    }

    public async ValueTask DisposeAsync()
    {
        await Raft.StopAsync();
        await _system.Terminate();
    }
}
