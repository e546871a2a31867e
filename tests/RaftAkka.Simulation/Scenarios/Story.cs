using RaftAkka.Client;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

/// <summary>A world for a scenario: verbs for what happens, and what every scenario must hold at its end.</summary>
internal sealed class Story
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, KeyValueUser> _users = new(StringComparer.Ordinal);

    public Story(
        int servers, ulong seed = 1, Breakage? breakage = null, RaftNodeSettings? node = null,
        RaftClientSettings? client = null)
    {
        var settings = new WorldSettings { Seed = seed, Servers = servers, Break = breakage ?? Breakage.None };
        World = new World(settings with { Node = node ?? settings.Node, Client = client ?? settings.Client });
    }

    public World World { get; }

    public SimulatedServer Leader
    {
        get
        {
            RunUntil(() => World.Leader is { Host.IsPaused: false }, "there is a leader");
            return World.Leader!;
        }
    }

    public SimulatedServer[] Followers => [.. World.Servers.Where(server => server != Leader)];

    public static Story WithServers(int servers, ulong seed = 1, Breakage? breakage = null)
    {
        var story = new Story(servers, seed, breakage);
        story.World.StartServers();
        _ = story.Leader;
        return story;
    }

    /// <summary>Puts a log on a server's disk before its first start, as the paper's figures draw them.</summary>
    /// <param name="server">The server's number.</param>
    /// <param name="term">Its current term.</param>
    /// <param name="terms">The term of each entry, from index 1.</param>
    public void GivesLog(int server, long term, params long[] terms)
    {
        var target = World[server];
        var host = new Host(World.Loop, $"preparing {target.Name}");
        var identity = new LogIdentity(World.Cluster, World.Group, target.Id);
        using var disk = target.Disk.Mount(host);
        using var journal = Journal.Open(disk, identity, new LogSettings { SegmentBytes = 16 * 1024 });
        var state = new HardState(new Term(term), null);
        var entries = LogSlice.Of([.. terms.Select((its, place) =>
            LogEntry.Create(new EntryId(new Term(its), new LogIndex(place + 1)), EntryKind.NoOp, []))]);
        journal.Append(state);
        foreach (var entry in entries) journal.Append(entry);

        journal.Sync();
        journal.Finish();

        // The checks are to know that it is there.
        var ticket = WriteTicket.None.Next;
        World.Protocol.OnGiven(state.Term, entries);
        World.Protocol.OnWrite(target.Id, new WriteLog(ticket, state, entries));
        World.Protocol.OnWritten(target.Id, new LogWritten(ticket));
    }

    public void Start(params int[] servers)
    {
        foreach (var number in servers) World[number].Start();
    }

    public void RunFor(TimeSpan time)
    {
        World.Run(time);
        NothingIsWrong();
    }

    public void RunUntil(Func<bool> condition, string what, TimeSpan? within = null)
    {
        var came = World.RunUntil(condition, within ?? 10 * Second);
        NothingIsWrong();
        Assert.True(came, $"{what}, within {within ?? 10 * Second}\n{LastEvents()}");
    }

    public KeyValueUser User(string name)
    {
        if (_users.TryGetValue(name, out var user)) return user;
        return _users[name] = new KeyValueUser(World, World.AddClient(name), _users.Count + 1);
    }

    /// <summary>Puts a new value and waits until it is acknowledged.</summary>
    public void Puts(string user, string key)
    {
        User(user).Put(key);
        RunUntil(() => !User(user).IsWaiting, $"{user} hears of the put");
        Assert.Equal(Outcome.Known, User(user).LastOutcome);
    }

    /// <summary>Reads a value and waits for it.</summary>
    public string? Gets(string user, string key)
    {
        User(user).Get(key);
        RunUntil(() => !User(user).IsWaiting, $"{user} hears of the get");
        Assert.Equal(Outcome.Known, User(user).LastOutcome);
        return World.History.Operations.Last(operation => operation.Kind == OperationKind.Get).Value;
    }

    public void Isolate(SimulatedServer server)
    {
        foreach (var other in World.Servers.Where(other => other != server))
            World.Network.CutBothWays(server.Name, other.Name);
    }

    /// <summary>All servers run, have the same log and state, and what the clients saw has an explanation.</summary>
    public void EndsWell()
    {
        World.Network.MendAll();
        foreach (var server in World.Servers)
        {
            server.Host?.Resume();
            server.Start();
        }

        Puts("last", "end");
        RunUntil(HaveAllTheSame, "all servers have the same log and state");
        var verdict = Judge.Check(World.History.Operations, Budget.Steps(1_000_000));
        Assert.True(verdict.IsLinearizable, Report.Of(verdict, TimeSpan.Zero));
        Assert.Equal(0, World.Loop.ForeignCalls);
    }

    public string LogOf(int server)
    {
        var log = World.Protocol[World[server].Id].Submitted;
        return string.Join(' ', Enumerable.Range(1, (int)log.LastIndex.Value).Select(index => log.At(new LogIndex(index))!.Value.Term));
    }

    private bool HaveAllTheSame()
    {
        var applied = World.Machines.CommandsApplied;
        return World.Servers.All(server => server.IsUp && server.Applied == applied)
            && World.Servers.Select(server => World.Protocol[server.Id].Submitted.Last).Distinct().Count() == 1
            && World.Servers.Select(server => server.Digest).Distinct().Count() == 1;
    }

    private void NothingIsWrong() =>
        Assert.True(!World.Violations.Any, $"{string.Join('\n', World.Violations.Found)}\n{LastEvents()}");

    private string LastEvents() => string.Join('\n', World.Events.Recent().TakeLast(80));
}
