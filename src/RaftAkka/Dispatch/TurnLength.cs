using Akka.Configuration;

namespace RaftAkka.Dispatch;

/// <summary>
/// How long an actor's turn is: <c>throughput</c> messages, and with a <c>throughput-deadline-time</c> no new one after that
/// time.
/// </summary>
/// <param name="Throughput">As Akka's mailbox takes it.</param>
/// <param name="DeadlineTicks">As Akka's mailbox takes it; null for no such time.</param>
internal readonly record struct TurnLength(int Throughput, long? DeadlineTicks)
{
    public const int Default = 100;

    public static TurnLength Of(Config config)
    {
        var messages = Math.Max(1, config.GetInt("throughput", Default));
        var deadline = config.GetTimeSpan("throughput-deadline-time", TimeSpan.Zero, allowInfinite: false).Ticks;

        // Akka's mailbox handles one message more than its throughput says, and looks at the deadline behind each. One that is
        // over from the start ends each turn after the first message: right for a throughput of 1 alone.
        return messages == 1
            ? new TurnLength(1, 0)
            : new TurnLength(messages - 1, deadline > 0 ? deadline : null);
    }
}
