"""Addresses under /api/v1/ of stock and goods."""

from rest_framework.routers import SimpleRouter

from inventory.api import lists

router = SimpleRouter()
router.register("stock-items", lists.StockItemViewSet, "api-stock-item")
router.register("movements", lists.MovementViewSet, "api-movement")
router.register("balances", lists.BalanceViewSet, "api-balance")
router.register("deliveries", lists.DeliveryViewSet, "api-delivery")
router.register("returns", lists.ReturnViewSet, "api-return")
urlpatterns = router.urls
