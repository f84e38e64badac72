/* Draws the larger charts with ECharts, from JSON that the server wrote into the page.
   A chart is drawn when it is scrolled to, again when colours change; its points are doors to rows. */
"use strict";

(() => {
  const address = document.currentScript.dataset.library;
  let library = null;

  /** Fetch ECharts for the first chart that is seen: the page is on the screen before it, and without one it stays away. */
  function fetched() {
    if (!library) library = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => { library = null; script.remove(); reject(new Error(address)); };
      document.head.append(script);
    });
    return library;
  }

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const text = () => ({ color: token("ink3"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily });

  function axes(data) {
    const label = { ...text() };
    return {
      xAxis: {
        type: "category", data: data.labels, boundaryGap: false,
        axisLabel: { ...label, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: token("control") } },
      },
      yAxis: {
        type: "value", min: data.min, max: data.max, interval: data.step,
        axisLabel: { ...label, formatter: (value) => data.ticks[value.toFixed(6)] || "" },
        axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("line2") } },
      },
    };
  }

  function marks(data) {
    const area = data.baseline
      ? { silent: true, itemStyle: { color: token("none-tint") }, data: [[{ xAxis: data.baseline[0] }, { xAxis: data.baseline[1] }]] }
      : undefined;
    const line = data.target
      ? {
        silent: true, symbol: "none", lineStyle: { color: token("ink3"), type: "dashed", width: 1 },
        label: { ...text(), color: token("ink2"), formatter: data.target.label, position: "insideStartTop" },
        data: [{ yAxis: data.target.value }],
      }
      : undefined;
    return { markArea: area, markLine: line };
  }

  /** A rate over time: line and points, its interval as a band, the baseline's months in grey. */
  function trend(data) {
    const gap = (value) => (value === null ? "-" : value);
    const height = data.low.map((low, i) => (low === null ? "-" : data.high[i] - low));
    const hidden = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, stackStrategy: "all" };
    return {
      animation: false,
      grid: { left: 52, right: 16, top: 24, bottom: 28 },
      ...axes(data),
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: token("surface"), borderColor: token("line"),
        textStyle: { ...text(), color: token("ink") },
        formatter: (shown) => data.words[shown[0].dataIndex],
      },
      series: [
        { ...hidden, data: data.low.map(gap) },
        { ...hidden, data: height, areaStyle: { color: token("band"), opacity: 1 } },
        {
          type: "line", data: data.values.map(gap), symbol: "circle", symbolSize: 6, z: 5, cursor: data.links ? "pointer" : "default",
          lineStyle: { color: token("data1"), width: 1.8 }, itemStyle: { color: token("data1") }, ...marks(data),
        },
      ],
    };
  }

  const kinds = { trend };

  function draw(box) {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    const paint = () => chart.setOption(kinds[data.kind](data), true);
    const open = (index) => { if (data.links && data.links[index]) window.location.assign(data.links[index]); };
    paint();
    chart.on("click", (point) => open(point.dataIndex));
    document.addEventListener("theme", paint);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    new ResizeObserver(() => chart.resize()).observe(box);
    walkable(box, chart, data, open);
  }

  /** Arrow keys walk the points and say them; Enter opens the rows behind one. */
  function walkable(box, chart, data, open) {
    let at = data.values.length;
    const last = data.values.length - 1;
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && at <= last) open(at);
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at = Math.max(0, Math.min(last, at + step));
      chart.dispatchAction({ type: "showTip", seriesIndex: 2, dataIndex: at });
      document.getElementById("live").textContent = data.words[at].replace(/<[^>]+>/g, " ");
    });
    box.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  }

  /** Its table stands in for a chart that the network kept away, until it is back. */
  function tryAgain(box) {
    window.addEventListener("online", () => seen.observe(box), { once: true });
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      fetched().then(() => draw(entry.target), () => tryAgain(entry.target));
    }
  }, { rootMargin: "200px" });
  for (const box of document.querySelectorAll("[data-chart]")) seen.observe(box);

  window.addEventListener("beforeprint", () => {
    if (!window.echarts) return;
    for (const box of document.querySelectorAll("[data-chart]")) {
      const chart = window.echarts.getInstanceByDom(box);
      if (chart) chart.resize();
    }
  });
})();
