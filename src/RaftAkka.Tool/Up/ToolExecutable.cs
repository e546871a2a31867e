using System.Diagnostics;

namespace RaftAkka.Tool.Up;

/// <summary>How to start this very executable once more.</summary>
internal static class ToolExecutable
{
    /// <summary>A process that would run this executable with arguments; all three streams are pipes.</summary>
    public static ProcessStartInfo With(params IEnumerable<string> arguments)
    {
        var path = Environment.ProcessPath
            ?? throw Cli.ToolException.Failed("The system does not tell which executable this is, so no node can be started.");
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // Started as 'dotnet RaftAkka.Tool.dll', the executable is dotnet, and the program its first argument.
        if (Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(ToolExecutable).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }
}
