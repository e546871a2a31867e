using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace RaftAkka.Tool.Node;

/// <summary>
/// Akka's log on standard error, one line an event, without stack traces: standard output is for the ready line.
/// </summary>
internal abstract class StandardErrorLogger(Noise? noise) : UntypedActor
{
    /// <summary>The configuration that has an actor system log here and nowhere else.</summary>
    public static string Hocon(bool verbose)
    {
        var logger = verbose ? typeof(VerboseLogger) : typeof(QuietLogger);
        return $"""
            akka.loggers = ["{logger.FullName}, {logger.Assembly.GetName().Name}"]
            akka.stdout-loglevel = OFF
            """;
    }

    /// <summary>How much it logs where the server's file does not say.</summary>
    public static string DefaultLevel(bool verbose) => $"akka.loglevel = {(verbose ? "INFO" : "WARNING")}";

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:   Sender.Tell(new LoggerInitialized());   break;
            case LogEvent @event:    OnLogEvent(@event);                     break;
            default:                 Unhandled(message);                     break;
        }
    }

    private void OnLogEvent(LogEvent @event)
    {
        var text = Text(@event);
        if (StopsTheNode(@event) || noise?.LeavesOut(@event.LogSource, text) is true) return;

        var level = @event.LogLevel() switch
        {
            LogLevel.ErrorLevel => "error",
            LogLevel.WarningLevel => "warning",
            LogLevel.InfoLevel => "info",
            _ => "debug",
        };
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{@event.Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {level} {text}"));
    }

    // The process says it as its last words, once. The node and its supervision would each say it too. What breaks a
    // client's session stops that session only, and nobody else tells of it.
    private static bool StopsTheNode(LogEvent @event) =>
        @event is { Cause: not null } and Error
        && @event.LogSource.Contains("/user/", StringComparison.Ordinal)
        && !@event.LogSource.Contains("/sessions/", StringComparison.Ordinal);

    // The transport puts whole stack traces into its messages, and they are all that stands on lines with "   at ".
    private static string Text(LogEvent @event)
    {
        var message = @event.Message?.ToString() ?? "";
        var text = @event.Cause is { } cause && !message.Contains(cause.Message, StringComparison.Ordinal)
            ? $"{message}: {cause.Message}"
            : message;
        return text.Contains("\n   at ", StringComparison.Ordinal)
            ? string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("   at ", StringComparison.Ordinal)))
            : text;
    }
}

/// <summary>Leaves out what the transport tells over and over.</summary>
internal sealed class QuietLogger() : StandardErrorLogger(new Noise(TimeProvider.System));

/// <summary>Leaves nothing out.</summary>
internal sealed class VerboseLogger() : StandardErrorLogger(noise: null);
