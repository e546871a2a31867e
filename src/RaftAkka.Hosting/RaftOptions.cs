using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Hosting;

/// <summary>What <c>WithRaft</c> has to know of the server that it hosts.</summary>
public sealed class RaftOptions
{
    /// <summary>The cluster's name: see <see cref="RaftNodeSettings.Cluster"/>. Required.</summary>
    public string Cluster { get; set; } = "";

    /// <summary>The group's name, and that of its actor below <c>/user</c>. Default <c>raft</c>.</summary>
    public string Group { get; set; } = "raft";

    /// <summary>This server's name, one of <see cref="Members"/>. Required.</summary>
    public string Server { get; set; } = "";

    /// <summary>All servers of the cluster, this one included: their names and addresses (<c>host:port</c>). Required.</summary>
    public IDictionary<string, string> Members { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The address (<c>host:port</c>) to listen on, where that is not this server's address in <see cref="Members"/>: in a
    /// container, or behind a port mapping. The host may be <c>0.0.0.0</c> or <c>[::]</c>. Only where <see
    /// cref="ConfigureRemoting"/> is on. Default null: the address in <see cref="Members"/>.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>The directory that this server alone keeps its log in; made where it is missing. Required.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Makes the state machine, a new and empty one. Required.</summary>
    public Func<IStateMachine>? StateMachine { get; set; }

    /// <summary>Changes settings that have no property here. Default: none.</summary>
    public Func<RaftNodeSettings, RaftNodeSettings>? Tune { get; set; }

    /// <summary>
    /// Whether the actor system's remoting is set up to listen on this server's address. Default true; an application
    /// that sets up remoting itself turns it off, and listens on that address.
    /// </summary>
    public bool ConfigureRemoting { get; set; } = true;

    internal RaftNodeSettings ToSettings()
    {
        var settings = new RaftNodeSettings
        {
            Cluster = Cluster.Length > 0 ? new ClusterId(Cluster) : default,
            Group = new GroupName(Group),
            Server = Server.Length > 0 ? new ServerId(Server) : default,
            Members = [.. Members.Select(member => new MemberAddress(new ServerId(member.Key), member.Value))],
            Listen = Listen,
            DataDirectory = DataDirectory,
        };
        return Tune?.Invoke(settings) ?? settings;
    }
}

/// <summary>What <c>WithRaftClient</c> has to know.</summary>
public sealed class RaftClientOptions
{
    /// <summary>The cluster's name: see <see cref="RaftClientSettings.Cluster"/>. Required.</summary>
    public string Cluster { get; set; } = "";

    /// <summary>The group's name. Default <c>raft</c>.</summary>
    public string Group { get; set; } = "raft";

    /// <summary>Addresses (<c>host:port</c>) of one or more servers; the others are learned from these. Required.</summary>
    public IList<string> Seeds { get; } = [];

    /// <summary>The name of the servers' actor system; this one's own name where it is null. Default null.</summary>
    public string? ServerSystem { get; set; }

    /// <summary>
    /// The address (<c>host</c>) on which this actor system's remoting is set up to listen, on a free port, for the
    /// servers' answers; null where remoting is set up already, as by <c>WithRaft</c>. Default null.
    /// </summary>
    public string? ListenOn { get; set; }

    /// <summary>Changes settings that have no property here. Default: none.</summary>
    public Func<RaftClientSettings, RaftClientSettings>? Tune { get; set; }

    internal RaftClientSettings ToSettings(string systemName)
    {
        var settings = new RaftClientSettings
        {
            Cluster = Cluster.Length > 0 ? new ClusterId(Cluster) : default,
            Group = new GroupName(Group),
            Seeds = [.. Seeds],
            ServerSystem = ServerSystem ?? systemName,
        };
        return Tune?.Invoke(settings) ?? settings;
    }
}
