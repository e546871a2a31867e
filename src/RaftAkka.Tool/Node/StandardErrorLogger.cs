using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace RaftAkka.Tool.Node;

/// <summary>
/// Akka's log on standard error, one line an event, without stack traces: standard output is for the ready line.
/// </summary>
internal sealed class StandardErrorLogger : UntypedActor
{
    private static readonly Lock Told = new();
    private static Exception? s_lastCause;

    /// <summary>The configuration that has an actor system log here and nowhere else.</summary>
    public static string Hocon(bool verbose) => $"""
        akka.loggers = ["{typeof(StandardErrorLogger).FullName}, {typeof(StandardErrorLogger).Assembly.GetName().Name}"]
        akka.stdout-loglevel = OFF
        akka.loglevel = {(verbose ? "INFO" : "WARNING")}
        """;

    /// <summary>
    /// Whether this is the first time that somebody tells of an exception. The actor that failed, its supervisor and
    /// the process would each tell of the same one.
    /// </summary>
    public static bool IsNews(Exception? cause)
    {
        lock (Told)
        {
            if (cause is null) return true;
            var isNews = !ReferenceEquals(cause, s_lastCause);
            s_lastCause = cause;
            return isNews;
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:   Sender.Tell(new LoggerInitialized());   break;
            case LogEvent @event:    Write(@event);                          break;
            default:                 Unhandled(message);                     break;
        }
    }

    private static void Write(LogEvent @event)
    {
        if (!IsNews(@event.Cause)) return;

        var text = @event.ToString();
        var message = @event.Message?.ToString() ?? text;
        var cause = @event.Cause is { } because && !message.Contains(because.Message, StringComparison.Ordinal)
            ? $": {because.Message}"
            : "";
        var level = @event.LogLevel() switch
        {
            LogLevel.ErrorLevel => "error",
            LogLevel.WarningLevel => "warning",
            LogLevel.InfoLevel => "info",
            _ => "debug",
        };
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{@event.Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {level} {message}{cause}"));
    }
}
