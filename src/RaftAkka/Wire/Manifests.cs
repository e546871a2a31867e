using System.Collections.Frozen;
using Messages = RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>
/// The name of each message on the wire: letters for the message, a number for the version of its format.
/// They are never reused: a message that goes leaves its name behind in <see cref="Retired"/>.
/// </summary>
internal static class Manifests
{
    public const string RequestVote = "rv1";
    public const string VoteReply = "vr1";
    public const string RequestPreVote = "rp1";
    public const string PreVoteReply = "pr1";
    public const string AppendEntries = "ae1";
    public const string AppendAccepted = "aa1";
    public const string AppendRejected = "ar1";
    public const string InstallSnapshot = "is1";
    public const string SnapshotChunkStored = "cs1";
    public const string AskReadIndex = "ai1";
    public const string ReadIndexReply = "ri1";
    public const string ReadIndexRefused = "rn1";
    public const string DiskRefused = "dr1";
    public const string RemovalNotice = "no1";
    public const string TimeoutNow = "tn1";
    public const string AskConfiguration = "ac1";
    public const string ConfigurationReply = "cf1";

    public const string ConnectClient = "cc1";
    public const string ClientConnected = "cd1";
    public const string ClientRefused = "cr1";
    public const string KeepAlive = "ka1";
    public const string KeepAliveReply = "kr1";
    public const string DisconnectClient = "dc1";
    public const string RegisterSession = "rs1";
    public const string SessionRegistered = "sr1";
    public const string SendCommands = "sc1";
    public const string SendQueries = "sq1";
    public const string BatchResults = "br1";
    public const string BatchRefused = "bf1";
    public const string AskStatus = "as1";
    public const string ServerStatus = "ss1";
    public const string TakeSnapshot = "ts1";
    public const string SnapshotTaken = "st1";
    public const string OpenBackup = "ob1";
    public const string BackupOpened = "bo1";
    public const string ContinueBackup = "cb1";
    public const string BackupPart = "bp1";
    public const string ChangeMembership = "cm1";
    public const string MembersChanged = "mc1";
    public const string MembersNotChanged = "mn1";
    public const string AskMembers = "am1";
    public const string MembersReport = "mr1";
    public const string HandOver = "ho1";
    public const string HandedOver = "hd1";
    public const string NotHandedOver = "hn1";

    /// <summary>Names of messages that are no more, with the release that had them last.</summary>
    public static readonly IReadOnlyList<string> Retired = [];

    private static readonly FrozenDictionary<Type, string> ByType = new Dictionary<Type, string>
    {
        [typeof(Messages.RequestVote)] = RequestVote,
        [typeof(Messages.VoteReply)] = VoteReply,
        [typeof(Messages.RequestPreVote)] = RequestPreVote,
        [typeof(Messages.PreVoteReply)] = PreVoteReply,
        [typeof(Messages.AppendEntries)] = AppendEntries,
        [typeof(Messages.AppendAccepted)] = AppendAccepted,
        [typeof(Messages.AppendRejected)] = AppendRejected,
        [typeof(Messages.InstallSnapshot)] = InstallSnapshot,
        [typeof(Messages.SnapshotChunkStored)] = SnapshotChunkStored,
        [typeof(Messages.AskReadIndex)] = AskReadIndex,
        [typeof(Messages.ReadIndexReply)] = ReadIndexReply,
        [typeof(Messages.ReadIndexRefused)] = ReadIndexRefused,
        [typeof(Messages.DiskRefused)] = DiskRefused,
        [typeof(Messages.RemovalNotice)] = RemovalNotice,
        [typeof(Messages.TimeoutNow)] = TimeoutNow,
        [typeof(Messages.AskConfiguration)] = AskConfiguration,
        [typeof(Messages.ConfigurationReply)] = ConfigurationReply,
        [typeof(Messages.ConnectClient)] = ConnectClient,
        [typeof(Messages.ClientConnected)] = ClientConnected,
        [typeof(Messages.ClientRefused)] = ClientRefused,
        [typeof(Messages.KeepAlive)] = KeepAlive,
        [typeof(Messages.KeepAliveReply)] = KeepAliveReply,
        [typeof(Messages.DisconnectClient)] = DisconnectClient,
        [typeof(Messages.RegisterSession)] = RegisterSession,
        [typeof(Messages.SessionRegistered)] = SessionRegistered,
        [typeof(Messages.SendCommands)] = SendCommands,
        [typeof(Messages.SendQueries)] = SendQueries,
        [typeof(Messages.BatchResults)] = BatchResults,
        [typeof(Messages.BatchRefused)] = BatchRefused,
        [typeof(Messages.AskStatus)] = AskStatus,
        [typeof(Messages.ServerStatus)] = ServerStatus,
        [typeof(Messages.TakeSnapshot)] = TakeSnapshot,
        [typeof(Messages.SnapshotTaken)] = SnapshotTaken,
        [typeof(Messages.OpenBackup)] = OpenBackup,
        [typeof(Messages.BackupOpened)] = BackupOpened,
        [typeof(Messages.ContinueBackup)] = ContinueBackup,
        [typeof(Messages.BackupPart)] = BackupPart,
        [typeof(Messages.ChangeMembership)] = ChangeMembership,
        [typeof(Messages.MembersChanged)] = MembersChanged,
        [typeof(Messages.MembersNotChanged)] = MembersNotChanged,
        [typeof(Messages.AskMembers)] = AskMembers,
        [typeof(Messages.MembersReport)] = MembersReport,
        [typeof(Messages.HandOver)] = HandOver,
        [typeof(Messages.HandedOver)] = HandedOver,
        [typeof(Messages.NotHandedOver)] = NotHandedOver,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Known = ByType.Values.ToFrozenSet();

    /// <summary>All that this release reads.</summary>
    public static IReadOnlyCollection<string> All => Known;

    /// <summary>The message's manifest; null where it is none of ours.</summary>
    public static string? Of(object message) => OfType(message.GetType());

    /// <summary>The manifest of a type of message; null where it is none of ours.</summary>
    public static string? OfType(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>Whether this release reads messages with the manifest.</summary>
    public static bool IsKnown(string? manifest) => manifest is not null && Known.Contains(manifest);
}
