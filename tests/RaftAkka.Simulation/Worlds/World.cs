using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Simulation.Checks;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Network;

namespace RaftAkka.Simulation.Worlds;

/// <summary>A cluster, its clients, network and disks, under one seed.</summary>
internal sealed class World
{
    private readonly SortedDictionary<ServerId, SimulatedServer> _servers = [];
    private readonly List<SimulatedClient> _clients = [];
    private readonly Dice _hints;

    public World(WorldSettings settings)
    {
        Settings = settings;
        Loop = new Loop(settings.Seed);
        Events = new EventLog(Loop, Describe.Message);
        Violations = new Violations(Events);
        (Machines, Sessions) = (new MachineChecks(Violations), new SessionChecks(Violations));
        Network = new NetworkModel(Loop) { Lost = (from, to, message) => Events.Add($"{from} -> {to}", "loses", message) };
        _hints = Loop.Dice.Fork("hints");

        var ids = Enumerable.Range(1, settings.Servers).Select(number => new ServerId($"s{number}")).ToArray();
        Members = [.. ids.Select(id => new MemberAddress(id, AddressAt(id.Value)))];
        Protocol = NewProtocolChecks();
        Remoting = new Remoting(Network)
        {
            Codec = new WireCodec().RoundTrip,
            Tamper = (to, message, receiver, sender) => Break.Arriving(this, to, message, receiver, sender),
        };
        foreach (var id in ids) _servers.Add(id, new SimulatedServer(this, id));
        Break.Prepare(this);
    }

    public WorldSettings Settings { get; }

    public Loop Loop { get; }

    public EventLog Events { get; }

    public Violations Violations { get; }

    public ProtocolChecks Protocol { get; private set; }

    public MachineChecks Machines { get; private set; }

    public SessionChecks Sessions { get; private set; }

    /// <summary>Everything was taken down, and is not there again yet.</summary>
    public bool IsTornDown { get; private set; }

    /// <summary>How often a query threw.</summary>
    public long QueriesThatThrew { get; set; }

    /// <summary>How often a query stalled its machine.</summary>
    public long QueriesThatStalled { get; set; }

    public NetworkModel Network { get; }

    public Remoting Remoting { get; }

    public Forgeries Forgeries => field ??= new Forgeries(this);

    public History History => field ??= new History(Loop);

    public StaleReads StaleReads { get; } = new();

    public Breakage Break => Settings.Break;

    public ServerRules Rules => Break.Rules;

    public ClusterId Cluster { get; } = new("simulated");

    public GroupName Group { get; } = new("raft");

    /// <summary>Whom the cluster begins with.</summary>
    public IReadOnlyList<MemberAddress> Members { get; }

    /// <summary>All that ever were, but for those that were taken away.</summary>
    public IReadOnlyCollection<SimulatedServer> Servers => [.. _servers.Values.Where(server => !server.IsGone)];

    public IReadOnlyList<SimulatedClient> Clients => _clients;

    /// <summary>What is done about a server whose process ended by itself.</summary>
    public Action<SimulatedServer>? Stopped { get; set; }

    public SimulatedServer this[ServerId id] => _servers[id];

    public SimulatedServer this[int number] => _servers[new ServerId($"s{number}")];

    public SimulatedServer? Leader =>
        Protocol.LatestLeader is { } leader && _servers[leader].IsUp ? _servers[leader] : null;

    /// <summary>The server that listens at an address; null where none does.</summary>
    public SimulatedServer? ServerAt(string address) =>
        _servers.Values.FirstOrDefault(server => !server.IsGone && server.Addresses.Contains(address));

    /// <summary>The address of a machine of this name.</summary>
    public static string AddressAt(string name) => $"{name}:{HostConfig.Port}";

    public RaftNodeSettings SettingsOf(ServerId server) => Settings.Node with
    {
        Cluster = Cluster,
        Group = Group,
        Server = server,
        Members = _servers[server].Named ?? _servers[server].Joins ?? Members,
        Joins = _servers[server].Joins is not null,
        DataDirectory = _servers[server].Disk.Location,
    };

    /// <summary>
    /// Somebody sets up another server, with an empty disk: to join, if the cluster takes it. It is given the addresses
    /// of the members as they are now.
    /// </summary>
    public SimulatedServer AddServer()
    {
        var id = new ServerId($"s{_servers.Count + 1}");
        var known = Protocol.Members.Members.Select(member => new MemberAddress(member.Id, member.Address));
        var server = new SimulatedServer(this, id) { Joins = [.. known, new MemberAddress(id, AddressAt(id.Value))] };
        _servers.Add(id, server);
        Protocol.AddServer(id);
        return server;
    }

    /// <summary>All servers are stopped, and their disks emptied. Nothing starts until the cluster is set up anew.</summary>
    public void TearDown()
    {
        IsTornDown = true;
        foreach (var server in Servers) server.LosePower("for good");

        // Also those of servers that were taken away: one that the cluster began with comes back.
        foreach (var server in _servers.Values)
        {
            server.Disk.Wipe();
            server.SnapshotDisk.Wipe();
        }

        Events.Add("world", "is torn down");
    }

    /// <summary>
    /// The cluster begins again with its first servers, under the same names, at the same addresses. What was before is no
    /// promise any more, but for this: no session of then is a session of now.
    /// </summary>
    public void SetUpAnew()
    {
        IsTornDown = false;
        foreach (var server in _servers.Values) server.BeginAnew(isFounder: Members.Any(member => member.Server == server.Id));
        (Protocol, Machines, Sessions) = (NewProtocolChecks(), Machines.Successor(), new SessionChecks(Violations));
        History.BeginEpoch();
        Events.Add("world", "is set up anew");
    }

    public void StartServers()
    {
        foreach (var server in Servers) server.Start();
    }

    public SimulatedClient AddClient(string name, ReadFrom? readFrom = null)
    {
        var client = new SimulatedClient(this, name, readFrom);
        _clients.Add(client);
        return client;
    }

    /// <summary>Goes on until something is wrong, a number of steps are done, or nothing is left to do in time.</summary>
    public void Run(TimeSpan time, long stepsMax = long.MaxValue) => RunUntil(() => false, time, stepsMax);

    /// <returns>Whether it came to be, in time and with nothing wrong.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan within, long stepsMax = long.MaxValue)
    {
        var (end, lastStep) = (Loop.Now + within, stepsMax == long.MaxValue ? stepsMax : Loop.Steps + stepsMax);
        while (!Violations.Any)
        {
            if (condition()) return true;
            if (Loop.Steps >= lastStep) return false;
            if (Loop.Step(end)) continue;

            Loop.RunUntil(end);
            return condition();
        }

        return false;
    }

    private ProtocolChecks NewProtocolChecks() => new(
        Violations, Configuration.Of(Members.Select(member => new Member(member.Server, member.Address))))
    {
        Committed = new DiskAudit(Violations, id => (_servers[id].Disk, _servers[id].IsDamaged)).OnCommitted,
        WaitingBytesMax = Settings.Node.UncommittedBytesMax,
    };

    internal void OnHandling(string host, IActorRef owner, Envelope envelope)
    {
        // Akka's own actors are numbered across all systems of the process, which is not the seed's doing.
        if (owner.Path.Elements[0] != "user") return;
        Events.Add($"{host} {owner.Path.Name}", "<-", envelope.Message);
    }

    /// <summary>A process is gone: its sockets close, which the others mostly notice.</summary>
    internal void OnHostGone(Host host)
    {
        Remoting.Forget(host);
        foreach (var server in Servers.Where(server => server.Name != host.Name))
            if (_hints.Chance(0.7))
                Loop.Agenda.Plan(
                    Loop.Now + _hints.Exponential(TimeSpan.FromMilliseconds(2)), null,
                    () => server.NoticeLostConnection(host.Address));
    }

    /// <summary>A node says that it cannot go on. Its process ends a moment later.</summary>
    internal void OnServerFailed(SimulatedServer server, Exception cause)
    {
        if (!server.MayFailOf(cause))
            Violations.Report("a node stops only over its disk", $"{server.Id} stops: {cause.GetType().Name}: {cause.Message}");

        var host = server.Host;
        Loop.Agenda.Plan(Loop.Now + _hints.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)), host, () =>
        {
            server.Kill("by itself");
            Stopped?.Invoke(server);
        });
    }

    internal void OnActorFailed(string host, Exception cause)
    {
        // The node itself says what it makes of a failed disk or log.
        if (SimulatedServer.IsTheDisks(cause) || cause is RaftAkka.Log.UnusableLogException) return;
        Violations.Report("no actor fails", $"{host}: {Words(cause)}");
    }

    // The outermost message may hold a reference, whose number no seed decides; the innermost says what happened.
    private static string Words(Exception cause)
    {
        while (cause.InnerException is { } inner) cause = inner;
        return $"{cause.GetType().Name}: {cause.Message}\n{cause.StackTrace}";
    }
}
