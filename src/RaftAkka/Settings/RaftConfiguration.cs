using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Settings;

/// <summary>
/// Makes settings of HOCON: of the section <c>raft</c>, whose keys, units and defaults stand in
/// <c>reference.conf</c>. Strict: an unknown key, a wrong type or unit, a missing or inconsistent setting is
/// a mistake, and all mistakes are told at once.
/// </summary>
public static class RaftConfiguration
{
    private const string MemberExample = "{ id = n1, address = \"10.0.0.1:4051\" }";

    /// <summary>The settings of a server.</summary>
    /// <param name="config">
    /// The configuration. What it does not say has its default, with or without reference.conf.
    /// </param>
    /// <param name="source">What the configuration is called in messages: its file.</param>
    /// <param name="server">The server's id in place of <c>raft.id</c>, or null.</param>
    /// <param name="dataDirectory">The directory in place of <c>raft.data-directory</c>, or null.</param>
    /// <exception cref="RaftConfigurationException">
    /// The settings have mistakes; the message lists them.
    /// </exception>
    public static RaftNodeSettings NodeSettings(
        Config config, string source, ServerId? server = null, string? dataDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        var read = new SettingReader(config, SettingKeys.OfNode);
        var cluster = read.Required(nameof(RaftNodeSettings.Cluster), "orders");
        var group = read.Optional(nameof(RaftNodeSettings.Group), "raft");
        var settings = new RaftNodeSettings
        {
            Cluster = read.Name(nameof(RaftNodeSettings.Cluster), cluster, text => new ClusterId(text)),
            Group = read.Name(nameof(RaftNodeSettings.Group), group, text => new GroupName(text)),
            Server = server ?? read.Name(
                nameof(RaftNodeSettings.Server), read.Required(nameof(RaftNodeSettings.Server), "n1"),
                text => new ServerId(text)),
            Members = read.RequiredMembers(nameof(RaftNodeSettings.Members), MemberExample),
            PrefersMembersAddresses = read.OneOf(
                nameof(RaftNodeSettings.PrefersMembersAddresses), false, ("file", true), ("log", false)),
            Listen = read.OptionalText(nameof(RaftNodeSettings.Listen)),
            Joins = read.OneOf(nameof(RaftNodeSettings.Joins), false, ("on", true), ("off", false)),
            DataDirectory = dataDirectory
                ?? read.Required(nameof(RaftNodeSettings.DataDirectory), "\"/var/lib/raft/n1\""),
            RandomSeed = read.Seed(nameof(RaftNodeSettings.RandomSeed)),
        };

        settings = settings with
        {
            ElectionTimeoutMin = read.Duration(
                nameof(settings.ElectionTimeoutMin), settings.ElectionTimeoutMin),
            ElectionTimeoutMax = read.Duration(
                nameof(settings.ElectionTimeoutMax), settings.ElectionTimeoutMax),
            HeartbeatInterval = read.Duration(nameof(settings.HeartbeatInterval), settings.HeartbeatInterval),
            AppendBytesMax = read.Bytes(nameof(settings.AppendBytesMax), settings.AppendBytesMax),
            WindowEntriesMax = read.Count(nameof(settings.WindowEntriesMax), settings.WindowEntriesMax),
            WindowBytesMax = read.Bytes(nameof(settings.WindowBytesMax), settings.WindowBytesMax),
            CacheBytesMax = read.Bytes(nameof(settings.CacheBytesMax), settings.CacheBytesMax),
            UncommittedBytesMax = read.Bytes(
                nameof(settings.UncommittedBytesMax), settings.UncommittedBytesMax),
            UnsyncedBytesMax = read.Bytes(nameof(settings.UnsyncedBytesMax), settings.UnsyncedBytesMax),
            Reads = read.OneOf(
                nameof(settings.Reads), settings.Reads,
                ("read-index", ReadMode.ReadIndex), ("lease", ReadMode.Lease)),
            ClockDrift = read.Duration(nameof(settings.ClockDrift), settings.ClockDrift),
            ReadsWaitingBytesMax = read.Bytes(
                nameof(settings.ReadsWaitingBytesMax), settings.ReadsWaitingBytesMax),
            SegmentBytes = read.Bytes(nameof(settings.SegmentBytes), settings.SegmentBytes),
            SnapshotEveryEntries = read.Count(
                nameof(settings.SnapshotEveryEntries), settings.SnapshotEveryEntries),
            SnapshotEveryBytes = read.Bytes(nameof(settings.SnapshotEveryBytes), settings.SnapshotEveryBytes),
            SnapshotKeepEntries = read.Count(nameof(settings.SnapshotKeepEntries), settings.SnapshotKeepEntries),
            SnapshotsKept = read.Count(nameof(settings.SnapshotsKept), settings.SnapshotsKept),
            BatchBytesMax = read.Bytes(nameof(settings.BatchBytesMax), settings.BatchBytesMax),
            BatchesInFlightMax = read.Count(nameof(settings.BatchesInFlightMax), settings.BatchesInFlightMax),
            ClientsMax = read.Count(nameof(settings.ClientsMax), settings.ClientsMax),
            ClientsPerHostMax = read.Count(nameof(settings.ClientsPerHostMax), settings.ClientsPerHostMax),
            RegistrationsPerHostMax = read.Count(
                nameof(settings.RegistrationsPerHostMax), settings.RegistrationsPerHostMax),
            ClientIdleTimeout = read.Duration(nameof(settings.ClientIdleTimeout), settings.ClientIdleTimeout),
            SessionTimeout = read.Duration(nameof(settings.SessionTimeout), settings.SessionTimeout),
        };
        read.Add(SettingRules.Mistakes(settings, read.NameOf, read.WasRead));
        SettingRules.Require(source, read.Mistakes);
        return settings;
    }

    /// <summary>The settings of a client.</summary>
    /// <param name="config">
    /// The configuration. What it does not say has its default, with or without reference.conf.
    /// </param>
    /// <param name="source">What the configuration is called in messages: its file.</param>
    /// <exception cref="RaftConfigurationException">
    /// The settings have mistakes; the message lists them.
    /// </exception>
    public static RaftClientSettings ClientSettings(Config config, string source)
    {
        ArgumentNullException.ThrowIfNull(config);
        var read = new SettingReader(config, SettingKeys.OfClient);
        var cluster = read.Required(nameof(RaftClientSettings.Cluster), "orders");
        var group = read.Optional(nameof(RaftClientSettings.Group), "raft");
        var settings = new RaftClientSettings
        {
            Cluster = read.Name(nameof(RaftClientSettings.Cluster), cluster, text => new ClusterId(text)),
            Group = read.Name(nameof(RaftClientSettings.Group), group, text => new GroupName(text)),
            Seeds = read.RequiredTexts(
                nameof(RaftClientSettings.Seeds), "[\"10.0.0.1:4051\", \"10.0.0.2:4051\"]"),
        };

        settings = settings with
        {
            ServerSystem = read.Optional(nameof(settings.ServerSystem), settings.ServerSystem),
            Timeout = read.Duration(nameof(settings.Timeout), settings.Timeout),
            ServerTimeout = read.Duration(nameof(settings.ServerTimeout), settings.ServerTimeout),
            KeepAliveInterval = read.Duration(nameof(settings.KeepAliveInterval), settings.KeepAliveInterval),
            BatchBytesMax = read.Bytes(nameof(settings.BatchBytesMax), settings.BatchBytesMax),
            BatchesInFlightMax = read.Count(nameof(settings.BatchesInFlightMax), settings.BatchesInFlightMax),
            ReadFrom = read.OneOf(
                nameof(settings.ReadFrom), settings.ReadFrom,
                ("leader", ReadFrom.Leader), ("any", ReadFrom.Any)),
            CallsInFlightMax = read.Count(nameof(settings.CallsInFlightMax), settings.CallsInFlightMax),
        };
        read.Add(SettingRules.Mistakes(settings, read.NameOf, read.WasRead));
        SettingRules.Require(source, read.Mistakes);
        return settings;
    }
}
